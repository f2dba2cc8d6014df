import type { SharedStore } from '../stores/store.ts';

/** What of a server can change: contents of its resources, or anything its tools may change. */
export const CHANGES = ['resources', 'writes'] as const;

export type ServerChange = (typeof CHANGES)[number];

/** Key of the generation that ends with such a change. */
export function generationKey(server: string, change: ServerChange): string {
  return JSON.stringify([change, server]);
}

/** The generations as they are; part of the key of all that depends on them. @throws STORE_UNREACHABLE */
export async function generationsOf(
  store: Pick<SharedStore, 'generation'>,
  server: string,
  changes: readonly ServerChange[],
): Promise<string> {
  const numbers = await Promise.all(changes.map((change) => store.generation(generationKey(server, change))));
  return numbers.join('.');
}

/** Nothing that was kept of the server is served again. */
export async function endGenerations(
  store: Pick<SharedStore, 'bump'>,
  server: string,
  changes: readonly ServerChange[] = CHANGES,
): Promise<void> {
  await Promise.all(changes.map((change) => store.bump(generationKey(server, change))));
}
