import type { SharedStore } from '../stores/store.ts';

/** What of a server can change by itself. `reads`: contents of its resources; `writes`: anything its tools may change. */
export const CHANGES = ['discover', 'tools', 'prompts', 'resources', 'reads', 'writes'] as const;

export type Change = (typeof CHANGES)[number];

/** Key of the generation that ends when this part of the server changes. */
export function generationKey(server: string, change: Change): string {
  return JSON.stringify([change, server]);
}

/** The generations as they are; part of the key of all that depends on them. @throws STORE_UNREACHABLE */
export async function generationsOf(
  store: Pick<SharedStore, 'generation'>,
  server: string,
  changes: readonly Change[],
): Promise<string> {
  const numbers = await Promise.all(changes.map((change) => store.generation(generationKey(server, change))));
  return numbers.join('.');
}
