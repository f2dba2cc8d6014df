import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

export interface ClientStorage {
  readonly adapter: AdapterFactory;
  /** Forgets every client that registered itself. */
  purgeClients(): void;
}

/** Storage of one authorization server; what oidc-provider has built in is shared by the whole process. */
export function clientStorage(): ClientStorage {
  const kinds = new Map<string, Map<string, AdapterPayload>>();
  const kind = (name: string): Map<string, AdapterPayload> => {
    const known = kinds.get(name) ?? new Map<string, AdapterPayload>();
    kinds.set(name, known);
    return known;
  };
  const adapter = (name: string): Adapter => {
    const entries = kind(name);
    const first = (fits: (payload: AdapterPayload) => boolean): AdapterPayload | undefined =>
      [...entries.values()].find(fits);
    return {
      async upsert(id, payload) {
        entries.set(id, payload);
      },
      find: async (id) => entries.get(id),
      findByUid: async (uid) => first((payload) => payload.uid === uid),
      findByUserCode: async (code) => first((payload) => payload.userCode === code),
      async consume(id) {
        const payload = entries.get(id);
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        entries.delete(id);
      },
      async revokeByGrantId(grantId) {
        for (const [id, payload] of entries) if (payload.grantId === grantId) entries.delete(id);
      },
    };
  };
  return { adapter, purgeClients: () => kind('Client').clear() };
}
