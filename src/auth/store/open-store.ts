import { join } from 'node:path';
import type { Paths } from '../../platform/paths.ts';
import type { Prompt } from '../../platform/prompt.ts';
import { openKeychain, type SecretMachine } from '../../secrets/resolver-for.ts';
import type { CredentialStore } from './store.ts';
import { checkStoreName } from './store-name.ts';

/** Parts of the machine that decide where sign-ins are; a command's `Context` has them all. */
export type SignInMachine = SecretMachine & {
  readonly paths: Pick<Paths, 'settings' | 'data'>;
  /** Without `password` nobody is asked for a passphrase. */
  readonly prompt: Partial<Pick<Prompt, 'password'>>;
  /** Whether this process lives on: the keychain is asked from another one then. */
  readonly isLasting?: boolean;
};

/** The store of that name on this machine. Only its own code is loaded. */
export async function openStore(name: string, machine: SignInMachine): Promise<CredentialStore> {
  switch (checkStoreName(name)) {
    case 'keychain': {
      const { createKeychainStore, SIGN_INS } = await import('./keychain-store.ts');
      const { isLasting = false } = machine;
      return createKeychainStore(() => openKeychain(machine, { part: SIGN_INS, isApart: isLasting }));
    }
    case 'file': {
      const [{ createFileStore }, { createKeySource }] = await Promise.all([
        import('./file-store.ts'),
        import('./key-source.ts'),
      ]);
      const { env, paths, prompt } = machine;
      const folder = join(paths.data, 'sign-ins');
      const source = createKeySource({ env, settings: paths.settings, folder, prompt });
      return createFileStore({ folder, locks: paths.locks, source });
    }
    case 'memory': {
      const { createMemoryStore } = await import('./memory-store.ts');
      return createMemoryStore();
    }
    default: {
      const { createHelperStore } = await import('./helper-store.ts');
      const { env, paths, platform, prompt } = machine;
      return createHelperStore({
        program: name.slice('helper:'.length),
        env,
        paths,
        platform,
        script: machine.program.script,
        canAsk: prompt.canAsk,
        execute: async () => (await import('../../platform/execute.ts')).execute,
      });
    }
  }
}
