import { McpctlError } from '../../core/errors.ts';
import type { Credential } from '../credential.ts';
import { type CredentialRow, credentialId, rowFor } from './credential-row.ts';
import type { CredentialStore } from './store.ts';

export interface Recovery {
  readonly stores: readonly CredentialStore[];
  read(row: Pick<CredentialRow, 'id' | 'store'>): Promise<Credential | undefined>;
}

/**
 * The rows of all sign-ins the stores know of, for when the list is lost; of two copies the later one. A store that
 * has none is not opened.
 * @throws What opening a store throws: a sign-in nobody can read now is not forgotten.
 */
export async function recoverRows({ stores, read }: Recovery): Promise<CredentialRow[]> {
  const found = new Map<string, CredentialRow>();
  for (const store of stores) {
    for (const id of await store.ids()) {
      const credential = await read({ id, store: store.name }).catch(skipCorrupt);
      if (!credential || credentialId(credential) !== id) continue;
      const row = rowFor({ id, credential, store: store.name, formerStores: [] });
      if (row.generation > (found.get(id)?.generation ?? 0)) found.set(id, row);
    }
  }
  return [...found.values()];
}

function skipCorrupt(error: unknown): undefined {
  if (!(error instanceof McpctlError && error.code === 'CREDENTIAL_CORRUPT')) throw error;
}
