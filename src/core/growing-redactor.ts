import { createRedactor, type RedactionStream } from './redaction.ts';

/** A redactor whose secrets become known one by one. */
export interface GrowingRedactor {
  (text: string): string;
  stream(): RedactionStream;
  /** These are hidden as well from here on. Of those that change all the time, only the latest are kept. */
  add(secrets: readonly string[]): void;
}

const KEPT = 32;

export function createGrowingRedactor(secrets: readonly string[] = []): GrowingRedactor {
  const fixed = secrets;
  let added: readonly string[] = [];
  let redactor: ReturnType<typeof createRedactor> | undefined;
  // Its tables take milliseconds, so they wait until there is something to redact.
  const current = (): ReturnType<typeof createRedactor> => {
    redactor ??= createRedactor([...fixed, ...added]);
    return redactor;
  };
  return Object.assign((text: string) => current()(text), {
    stream: () => current().stream(),
    add(more: readonly string[]) {
      const fresh = [...new Set(more)].filter((secret) => !added.includes(secret));
      if (fresh.length === 0) return;
      added = [...added, ...fresh].slice(-KEPT);
      redactor = undefined;
    },
  });
}
