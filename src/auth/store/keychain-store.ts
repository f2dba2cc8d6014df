import { McpctlError } from '../../core/errors.ts';
import type { Keychain } from '../../secrets/keychain.ts';
import type { KeychainPart } from '../../secrets/keychain-part.ts';
import { credentialCorrupt } from './corrupt.ts';
import type { CredentialStore } from './store.ts';

/** Apart from the secrets: no `${keychain:…}` of a manifest reads a sign-in, no `secret` command lists or removes one. */
export const SIGN_INS: KeychainPart = {
  service: 'mcpctl-sign-ins',
  name: 'keychain-sign-ins',
  elsewhere: [
    'Or keep the sign-in elsewhere, on your decision:',
    '  --store file              an encrypted file, opened by a passphrase or a key file',
    '  --store helper:<program>  docker-credential-<program>, such as pass, or wincred.exe under WSL',
    '  --store memory            until this process ends, for CI',
    'Always: mcpctl config set auth.store file',
  ],
};

const PREFIX = 'sign-in-';

/** Sign-ins in the system keychain. `open` is called at the first use. */
export function createKeychainStore(open: () => Promise<Keychain>): CredentialStore {
  let opened: Promise<Keychain> | undefined;
  const use = async <T>(id: string, body: (keychain: Keychain, name: string) => Promise<T>): Promise<T> => {
    opened ??= open();
    try {
      return await body(await opened, `${PREFIX}${id}`);
    } catch (error) {
      if (!(error instanceof McpctlError && error.code === 'SECRET_CORRUPT')) throw error;
      throw credentialCorrupt(id, 'a part of it is missing or damaged');
    }
  };
  return {
    name: 'keychain',
    ids: async () =>
      await use('', async (keychain) => (await keychain.names()).map((name) => name.slice(PREFIX.length))),
    check: async (signal) => await use('', async (keychain) => await keychain.probe(signal)),
    read: async (id, signal) => await use(id, async (keychain, name) => await keychain.get(name, signal)),
    write: async (id, value, signal) =>
      await use(id, async (keychain, name) => await keychain.set(name, value, signal)),
    delete: async (id, signal) =>
      await use(id, async (keychain, name) => await keychain.delete(name, signal)),
  };
}
