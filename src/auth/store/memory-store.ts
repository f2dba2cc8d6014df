import type { CredentialStore } from './store.ts';

/** Keeps values as long as the process runs, for machines on which nothing may be written. */
export function createMemoryStore(): CredentialStore {
  const values = new Map<string, string>();
  return {
    name: 'memory',
    check: async () => {},
    read: async (id) => values.get(id),
    ids: async () => [...values.keys()],
    write: async (id, value) => void values.set(id, value),
    delete: async (id) => values.delete(id),
  };
}
