import { join } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import type { SecretStore } from '../../secrets/secret-reader.ts';
import { checkStore } from '../../secrets/store-secret.ts';

/** Where typed keys go, once it is known that they can go there. */
export interface StoreChoice {
  readonly store: SecretStore;
  /**
   * Finds out, before a key is asked for, that it can be kept. Where the keychain cannot be used, `.env` is offered to
   * whoever can be asked; nothing is kept there without a yes.
   * @throws KEYCHAIN_UNAVAILABLE, SECRET_IN_GIT, SECRET_UNSUITABLE and what else `checkStore` throws.
   */
  ready(name: string): Promise<void>;
}

export function createStoreChoice(
  context: Pick<Context, 'env' | 'platform' | 'cwd' | 'paths' | 'program' | 'prompt' | 'signal'>,
  { store: wanted, folder }: { readonly store: SecretStore; readonly folder: string },
): StoreChoice {
  let store = wanted;
  let checked: Promise<void> | undefined;
  const check = async (name: string): Promise<void> => {
    const { prompt, signal } = context;
    const request = { name, value: 'x', projectFolder: folder, signal };
    try {
      await checkStore(context, { ...request, store: wanted });
      return;
    } catch (error) {
      if (!isKeychainAway(error) || !prompt.canAsk) throw error;
      const question = `${error.message} Keep keys in ${join(folder, '.env')} instead? Only servers started in this folder find them there.`;
      if (!(await prompt.confirm({ message: question, flag: '--store env', initial: false }))) throw error;
    }
    await checkStore(context, { ...request, store: 'env' });
    store = 'env';
  };
  return {
    get store() {
      return store;
    },
    ready: async (name) => {
      // One answer is for every key of the command.
      checked ??= check(name);
      await checked;
    },
  };
}

function isKeychainAway(error: unknown): error is McpctlError {
  return error instanceof McpctlError && error.code === 'KEYCHAIN_UNAVAILABLE';
}
