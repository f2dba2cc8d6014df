import { McpctlError } from '../../core/errors.ts';
import type { Execute } from '../../platform/execute.ts';
import { createKeychain, type KeychainOptions } from '../../secrets/keychain.ts';
import { createHelperEntries } from './helper-entries.ts';
import { createKeychainStore } from './keychain-store.ts';
import type { CredentialStore } from './store.ts';

export interface HelperStoreOptions extends Omit<KeychainOptions, 'part' | 'entries'> {
  /** What follows `docker-credential-` in the program's name. */
  readonly program: string;
  readonly execute: () => Promise<Execute>;
  /** Milliseconds one run may take; 10 000 by default, 60 000 when a person may be asked for a password. */
  readonly deadlineMs?: number;
}

/**
 * Sign-ins kept by a credential helper. Values are base64 in pieces of 1200 characters, head last, as in the
 * keychain: `wincred` holds 2560 bytes an item.
 * @throws CREDENTIAL_HELPER_FAILED, CREDENTIAL_CORRUPT.
 */
export function createHelperStore(options: HelperStoreOptions): CredentialStore {
  const { program, env, canAsk, execute, deadlineMs = canAsk ? 60_000 : 10_000 } = options;
  const name = `helper:${program}`;
  const part = { service: name, name: `helper-sign-ins-${program}`, elsewhere: [] };
  const entries = createHelperEntries({ program, env, deadlineMs, execute });
  const kept = createKeychainStore(async () => createKeychain({ ...options, part, entries }));
  const use = async <T>(body: () => Promise<T>): Promise<T> => {
    try {
      return await body();
    } catch (error) {
      if (!(error instanceof McpctlError && error.code === 'KEYCHAIN_UNAVAILABLE')) throw error;
      const message = `The credential helper docker-credential-${program} accepted a test value and did not return it.`;
      throw new McpctlError('CREDENTIAL_HELPER_FAILED', message, {
        hint: `Try it by hand: docker-credential-${program} list`,
        data: { program: `docker-credential-${program}` },
      });
    }
  };
  return {
    name,
    ids: kept.ids,
    check: async (signal) => await use(async () => await kept.check(signal)),
    read: async (id, signal) =>
      await use(async () => {
        const text = await kept.read(id, signal);
        return text === undefined ? undefined : Buffer.from(text, 'base64').toString('utf8');
      }),
    write: async (id, value, signal) =>
      await use(async () => await kept.write(id, Buffer.from(value).toString('base64'), signal)),
    delete: async (id, signal) => await use(async () => await kept.delete(id, signal)),
  };
}
