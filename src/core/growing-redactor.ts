import { createRedactor, type RedactionStream } from './redaction.ts';

/** A redactor whose secrets become known one by one. */
export interface GrowingRedactor {
  (text: string): string;
  /** Hides in text that arrives in pieces also what becomes known meanwhile. */
  stream(): RedactionStream;
  /** These are hidden as well from here on. Of those that change all the time, only the latest are kept. */
  add(secrets: readonly string[]): void;
}

/** Hides what any of several owners, such as servers, keep secret. */
export interface SharedRedactor {
  (text: string): string;
  stream(): RedactionStream;
  /** The same for one owner, whose secrets are hidden from here on, for good. */
  of(owner: string, secrets?: readonly string[]): GrowingRedactor;
}

/** Of each owner. */
const KEPT = 32;

export function createGrowingRedactor(secrets: readonly string[] = []): GrowingRedactor {
  return createSharedRedactor().of('', secrets);
}

export function createSharedRedactor(): SharedRedactor {
  const fixed = new Set<string>();
  const latest = new Map<string, readonly string[]>();
  let redactor: ReturnType<typeof createRedactor> | undefined;
  // Its tables take milliseconds, so they wait until there is something to redact.
  const current = (): ReturnType<typeof createRedactor> => {
    redactor ??= createRedactor([...fixed, ...[...latest.values()].flat()]);
    return redactor;
  };
  const redact = (text: string): string => current()(text);
  const stream = (): RedactionStream => current().stream(() => current());
  const add = (owner: string, secrets: readonly string[]): void => {
    const known = latest.get(owner) ?? [];
    const fresh = [...new Set(secrets)].filter((secret) => !known.includes(secret));
    if (fresh.length === 0) return;
    latest.set(owner, [...known, ...fresh].slice(-KEPT));
    redactor = undefined;
  };
  return Object.assign(redact, {
    stream,
    of(owner: string, secrets: readonly string[] = []) {
      const before = fixed.size;
      for (const secret of secrets) fixed.add(secret);
      if (fixed.size > before) redactor = undefined;
      const own = (text: string): string => redact(text);
      return Object.assign(own, { stream, add: (more: readonly string[]) => add(owner, more) });
    },
  });
}
