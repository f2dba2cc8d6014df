import { McpctlError } from '../../core/errors.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import type { Paths } from '../../platform/paths.ts';
import type { Credential, CredentialKey } from '../credential.ts';
import { credentialCorrupt } from './corrupt.ts';
import { type CredentialRow, credentialId, placeOf, rowFor } from './credential-row.ts';
import type { SignInMachine } from './open-store.ts';
import { parseRecord } from './record.ts';
import { recoverRows } from './recover-rows.ts';
import { createSignInIndex, type SignInIndex } from './sign-in-index.ts';
import type { CredentialStore } from './store.ts';
import { createTurns } from './turns.ts';

export interface Waiting {
  readonly signal?: AbortSignal;
}

/** All sign-ins of this machine: an index without secrets in the state folder, and the stores it points to. */
export interface Credentials {
  /**
   * The latest sign-in to an address under a profile. Opens no store, unless the index is lost or damaged: then it is
   * made anew from what the stores hold, and throws what a store that cannot be opened throws.
   */
  find(where: Pick<CredentialKey, 'url' | 'profile'>): Promise<CredentialRow | undefined>;
  /** By server name. As `find`. */
  list(): Promise<CredentialRow[]>;
  /**
   * Undefined when it is certain that there is none.
   * @throws CREDENTIAL_CORRUPT naming the server, and what the store throws.
   */
  read(row: Pick<CredentialRow, 'id' | 'store'>, signal?: AbortSignal): Promise<Credential | undefined>;
  /**
   * Writes the record with the next generation, which is always above every earlier one, and returns it; a first
   * one is given with generation 0. With `store` it goes there, and what another store had of it goes; without, a
   * known one stays where it is. Comparing generations is the caller's business, under `withLock`.
   */
  save(credential: Credential, options?: { readonly store?: string } & Waiting): Promise<Credential>;
  /** Throws unless a sign-in to this address could be saved now: in `store`, else where it would go. */
  check(
    where: Pick<CredentialKey, 'url' | 'profile'>,
    options?: { readonly store?: string } & Waiting,
  ): Promise<void>;
  /** Deletes it from every store it is in, then from the index; false when there was none. */
  remove(row: Pick<CredentialRow, 'id' | 'store'>, signal?: AbortSignal): Promise<boolean>;
  /**
   * Runs `body` while no other process holds this sign-in. Not reentrant. A sign-in kept in memory belongs to this
   * process, and so does its lock: nothing is written.
   */
  withLock<T>(
    id: string,
    body: () => Promise<T>,
    options?: { readonly store?: string; readonly timeoutMs?: number } & Waiting,
  ): Promise<T>;
}

export interface CredentialsOptions {
  readonly paths: Pick<Paths, 'state' | 'locks'>;
  /** Opens a store by its name, at its first use. */
  openStore(name: string): Promise<CredentialStore>;
  /** Where new sign-ins go when nobody says where. */
  defaultStore(): Promise<string>;
}

export function createCredentials(options: CredentialsOptions): Credentials {
  return new StoredCredentials(options);
}

class StoredCredentials implements Credentials {
  readonly #options: CredentialsOptions;
  readonly #index: SignInIndex;
  readonly #turns = createTurns();
  readonly #opened = new Map<string, Promise<CredentialStore>>();

  constructor(options: CredentialsOptions) {
    this.#options = options;
    this.#index = createSignInIndex(options.paths);
  }

  async list(): Promise<CredentialRow[]> {
    return (await this.#rows()).sort(byServer);
  }

  async find(where: Pick<CredentialKey, 'url' | 'profile'>): Promise<CredentialRow | undefined> {
    const place = placeOf(where);
    const [latest] = (await this.#rows())
      .filter((row) => row.place === place)
      .sort((one, other) => other.signedInAt - one.signedInAt);
    return latest;
  }

  async read({ id, store }: Pick<CredentialRow, 'id' | 'store'>, signal?: AbortSignal) {
    try {
      const text = await (await this.#open(store)).read(id, signal);
      return text === undefined ? undefined : await parseRecord(id, text);
    } catch (error) {
      if (!(error instanceof McpctlError && error.code === 'CREDENTIAL_CORRUPT')) throw error;
      throw credentialCorrupt(id, String(error.data?.reason), (await this.#index.find(id))?.server);
    }
  }

  async save(credential: Credential, { store, signal }: { store?: string } & Waiting = {}) {
    const id = credentialId(credential);
    // The trouble of another store must not keep a sign-in out of its own.
    const isMended = await this.#mendIndex().then(() => true, falseIfKnown);
    const known = await this.#index.find(id);
    const target = store ?? known?.store ?? (await this.#options.defaultStore());
    const generation = Math.max(credential.generation, known?.generation ?? 0) + 1;
    const saved = { ...credential, generation };
    await (await this.#open(target)).write(id, JSON.stringify(saved), signal);
    const former = known ? [known.store, ...(known.formerStores ?? [])] : [];
    const formerStores = [...new Set(former)].filter((name) => name !== target);
    const row = rowFor({ id, credential: saved, store: target, formerStores });
    // No signal from here on: the store has the record already.
    await this.#index.put(row, isMended);
    if (formerStores.length > 0) await this.#leaveFormer(row, formerStores);
    return saved;
  }

  async check(
    where: Pick<CredentialKey, 'url' | 'profile'>,
    { store, signal }: { store?: string } & Waiting = {},
  ): Promise<void> {
    const target = store ?? (await this.find(where))?.store ?? (await this.#options.defaultStore());
    await (await this.#open(target)).check(signal);
  }

  async remove({ id, store }: Pick<CredentialRow, 'id' | 'store'>, signal?: AbortSignal): Promise<boolean> {
    const known = await this.#index.find(id);
    const places = new Set([store, ...(known ? [known.store, ...(known.formerStores ?? [])] : [])]);
    let existed = false;
    for (const name of places) {
      existed = (await (await this.#open(name)).delete(id, signal)) || existed;
    }
    await this.#index.drop(id);
    return existed;
  }

  async withLock<T>(
    id: string,
    body: () => Promise<T>,
    { store, timeoutMs = 60_000, signal }: { store?: string; timeoutMs?: number } & Waiting = {},
  ): Promise<T> {
    const place = store ?? (await this.#index.find(id))?.store ?? (await this.#options.defaultStore());
    if (place === 'memory') return await this.#turns.take(id, body, signal);
    const lock = { folder: this.#options.paths.locks, name: `sign-in-${id}`, timeoutMs, signal };
    return await withFileLock(lock, body);
  }

  async #rows(): Promise<CredentialRow[]> {
    await this.#mendIndex();
    return await this.#index.list();
  }

  async #mendIndex(): Promise<void> {
    const state = await this.#index.state();
    if (state === 'whole') return;
    const names = new Set(['keychain', 'file', await this.#options.defaultStore()]);
    names.delete('memory');
    const stores = await Promise.all([...names].map(async (name) => await this.#open(name)));
    const rows = await recoverRows({ stores, read: async (row) => await this.read(row) });
    // Before the first sign-in there is nothing to mend, and perhaps no disk to write to.
    if (state === 'damaged' || rows.length > 0) await this.#index.restore(rows);
  }

  async #open(name: string): Promise<CredentialStore> {
    const store = this.#opened.get(name) ?? this.#options.openStore(name);
    this.#opened.set(name, store);
    return await store;
  }

  /** Deletes what is left in stores the sign-in moved away from; those that cannot do it now stay in its row. */
  async #leaveFormer(row: CredentialRow, formerStores: readonly string[]): Promise<void> {
    const stuck: string[] = [];
    for (const name of formerStores) {
      try {
        await (await this.#open(name)).delete(row.id);
      } catch (error) {
        if (!(error instanceof McpctlError)) throw error;
        stuck.push(name);
      }
    }
    const { formerStores: _, ...rest } = row;
    if (row.store === 'memory' && stuck.length === 0) await this.#index.drop(row.id);
    await this.#index.put({ ...rest, ...(stuck.length > 0 && { formerStores: stuck }) });
  }
}

function falseIfKnown(error: unknown): false {
  if (error instanceof McpctlError) return false;
  throw error;
}

function byServer(one: CredentialRow, other: CredentialRow): number {
  return one.server.localeCompare(other.server, 'en') || one.issuer.localeCompare(other.issuer, 'en');
}

/** The sign-ins of this machine; nothing is loaded, opened or read before its first use. */
export function openCredentials(machine: SignInMachine): Credentials {
  const { paths } = machine;
  return createCredentials({
    paths,
    openStore: async (name) => {
      const { openStore } = await import('./open-store.ts');
      return await openStore(name, machine);
    },
    defaultStore: async () => {
      // The user's own settings only: a project must not decide where its users' tokens go.
      const { readSettings } = await import('../../settings/read.ts');
      return (await readSettings({ paths, cwd: paths.home })).settings.auth.store;
    },
  });
}
