import { McpctlError } from '../core/errors.ts';
import { readDotenv } from './dotenv.ts';
import { checkDotenv, removeFromDotenv, writeDotenv } from './dotenv-file.ts';
import { openKeychain, type SecretMachine } from './resolver-for.ts';
import type { SecretStore } from './secret-reader.ts';

export interface StoreRequest {
  readonly name: string;
  readonly value: string;
  readonly store: SecretStore;
  /** Folder of the `.env` to write, for the store `env`. */
  readonly projectFolder: string;
  readonly signal?: AbortSignal;
}

export interface Stored {
  readonly name: string;
  readonly store: SecretStore;
  /** The `.env` written, for the store `env`. */
  readonly path?: string;
  /** What was done besides, for people. */
  readonly notes: string[];
}

/**
 * Puts a secret into the place asked for, and into no other when that fails.
 * @throws KEYCHAIN_UNAVAILABLE, SECRET_IN_GIT, SECRET_UNSUITABLE, FILE_UNWRITABLE, FILE_CHANGED, LOCK_TIMEOUT.
 */
export async function storeSecret(machine: SecretMachine, request: StoreRequest): Promise<Stored> {
  const { name, value, store, projectFolder, signal } = request;
  refuseEmpty(name, value);
  if (store === 'keychain') {
    const keychain = await openKeychain(machine);
    await keychain.set(name, value, signal);
    return { name, store, notes: [] };
  }
  const place = { projectFolder, locks: machine.paths.locks, env: machine.env, signal };
  return { name, store, ...(await writeDotenv(place, name, value)) };
}

/** Throws what `storeSecret` would throw for reasons known beforehand; changes nothing. */
export async function checkStore(machine: SecretMachine, request: StoreRequest): Promise<void> {
  const { name, value, store, projectFolder, signal } = request;
  refuseEmpty(name, value);
  if (store === 'keychain') await (await openKeychain(machine)).check(name, signal);
  else
    await checkDotenv({ projectFolder, locks: machine.paths.locks, env: machine.env, signal }, name, value);
}

export interface RemoveRequest {
  readonly name: string;
  readonly projectFolder: string;
  readonly signal?: AbortSignal;
}

/**
 * Where the secret is: `.env`, and the keychain when it is there or mcpctl stored it there.
 * @throws KEYCHAIN_UNAVAILABLE when only the keychain could say.
 */
export async function findSecret(machine: SecretMachine, request: RemoveRequest): Promise<SecretStore[]> {
  const { name, projectFolder, signal } = request;
  const places: SecretStore[] = (await readDotenv(projectFolder)).has(name) ? ['env'] : [];
  const keychain = await openKeychain(machine);
  if (
    (await keychain.isListed(name)) ||
    (places.length === 0 && (await keychain.get(name, signal)) !== undefined)
  ) {
    places.push('keychain');
  }
  return places;
}

/** Removes a secret from the keychain and the project's `.env`; returns where it was. */
export async function removeSecret(machine: SecretMachine, request: RemoveRequest): Promise<SecretStore[]> {
  const { name, projectFolder, signal } = request;
  const place = { projectFolder, locks: machine.paths.locks, env: machine.env, signal };
  const removed: SecretStore[] = (await removeFromDotenv(place, name)) ? ['env'] : [];
  const keychain = await openKeychain(machine);
  try {
    if (await keychain.delete(name, signal)) removed.push('keychain');
  } catch (error) {
    const isElsewhere = removed.length > 0 && !(await keychain.isListed(name));
    // Where no keychain works, a secret that was never put there is gone once .env has lost it.
    if (!(isElsewhere && error instanceof McpctlError && error.code === 'KEYCHAIN_UNAVAILABLE')) throw error;
  }
  return removed;
}

function refuseEmpty(name: string, value: string): void {
  if (value !== '') return;
  throw new McpctlError('SECRET_UNSUITABLE', `The value of ${name} is empty.`, {
    hint: `To remove it: mcpctl secret rm ${name}`,
    data: { name },
  });
}
