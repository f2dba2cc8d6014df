import { McpctlError } from '../../core/errors.ts';
import { openKeychain, type SecretMachine } from '../../secrets/resolver-for.ts';
import type { CredentialStore } from './store.ts';
import { checkStoreName } from './store-name.ts';

/** The store of that name on this machine. Only its own code is loaded. */
export async function openStore(name: string, machine: SecretMachine): Promise<CredentialStore> {
  switch (checkStoreName(name)) {
    case 'keychain': {
      const { createKeychainStore, SIGN_INS } = await import('./keychain-store.ts');
      return createKeychainStore(() => openKeychain(machine, SIGN_INS));
    }
    case 'memory': {
      const { createMemoryStore } = await import('./memory-store.ts');
      return createMemoryStore();
    }
    default:
      throw new McpctlError('USAGE', `${name} is no store yet.`);
  }
}
