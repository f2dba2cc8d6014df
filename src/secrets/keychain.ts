import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { McpctlError } from '../core/errors.ts';
import type { Env } from '../platform/env.ts';
import { withFileLock } from '../platform/file-lock.ts';
import type { Paths } from '../platform/paths.ts';
import type { EntryStore } from './entry-store.ts';
import { keychainUnavailable } from './keychain-failure.ts';
import { createKeychainIndex } from './keychain-index.ts';
import { deleteValue, readValue, sweep, writeValue } from './keychain-layout.ts';
import { type KeychainPart, SECRETS } from './keychain-part.ts';
import type { SecretKeeper } from './secret-reader.ts';
import { createWorkerEntries } from './worker-entries.ts';

/**
 * Long enough for a working keychain (tens of milliseconds, a second or two on a busy machine), and short enough that
 * a call which asks twice says why it failed before its 10 s are over.
 */
const DEADLINE_MS = 4_000;
/** Time for a person to type a password into the unlock prompt. */
const UNLOCK_DEADLINE_MS = 60_000;

export interface KeychainOptions {
  readonly paths: Pick<Paths, 'state' | 'locks'>;
  readonly platform: NodeJS.Platform;
  readonly env: Env;
  /** Absolute path of `bin/mcpctl.js`; the worker is built beside what it starts. */
  readonly script: string;
  /** True when a person sits at a terminal and can be asked. */
  readonly canAsk: boolean;
  /** Secrets by default. */
  readonly part?: KeychainPart;
  /** True: the native part gets a process of its own, so that this one stays small. */
  readonly isApart?: boolean;
  /** Items kept elsewhere than in the system keychain. */
  readonly entries?: EntryStore;
}

export interface Keychain extends SecretKeeper {
  /** @throws KEYCHAIN_UNAVAILABLE unless a test value can be written, read back and deleted. */
  probe(signal?: AbortSignal): Promise<void>;
  /** Throws what `set` would throw for reasons known beforehand. */
  check(name: string, signal?: AbortSignal): Promise<void>;
  /** Gives memory back in a process that goes on; the next use opens it again. */
  close(): void;
}

/** What is not saved is lost, and several writers through slow helpers take their time. */
const OTHERS_MS = 60_000;

/** The system keychain. Nothing is opened or started before the first use. */
export function createKeychain(options: KeychainOptions): Keychain {
  const { paths, platform, part = SECRETS } = options;
  const deadlineMs = canUnlock(options) ? UNLOCK_DEADLINE_MS : DEADLINE_MS;
  const { isApart = false } = options;
  const entries =
    options.entries ??
    createWorkerEntries({ workerFile: workerFile(options), platform, part, isApart, deadlineMs });
  const index = createKeychainIndex(join(paths.state, `${part.name}.json`));
  const locked = async <T>(signal: AbortSignal | undefined, body: () => Promise<T>): Promise<T> =>
    await withFileLock(
      { folder: paths.locks, name: part.name, signal, timeoutMs: deadlineMs + OTHERS_MS },
      body,
    );

  const probe = async (signal?: AbortSignal): Promise<void> => {
    const account = `probe#${randomBytes(6).toString('hex')}`;
    await entries.write(account, account, signal);
    const answer = await entries.read(account, signal);
    await entries.delete(account, signal);
    if (answer !== account) {
      throw keychainUnavailable({ reason: 'forgets', platform, elsewhere: part.elsewhere });
    }
  };

  const check = async (name: string, signal?: AbortSignal): Promise<void> => {
    refuseUnsuitable(name);
    await probe(signal);
  };

  return {
    probe,
    check,
    close: () => entries.close?.(),
    names: index.names,
    isListed: async (name) => (await index.names()).includes(name),
    async get(name, signal) {
      const value = await readValue({ entries, account: name, signal });
      if (value !== null) return value;
      await probe(signal);
      return undefined;
    },
    async set(name, value, signal) {
      await check(name, signal);
      await locked(signal, async () => {
        await sweep({ entries, account: name, signal }, index);
        await index.add(name);
        await writeValue({ entries, account: name, signal }, value, index);
      });
    },
    async delete(name, signal) {
      await probe(signal);
      return await locked(signal, async () => {
        const existed = await deleteValue({ entries, account: name, signal }, index);
        await index.remove(name);
        return existed;
      });
    },
  };
}

/** Names are visible to every program of the session, and `#` separates the parts of long values. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.:-]{0,127}$/;

function refuseUnsuitable(name: string): void {
  if (NAME.test(name)) return;
  throw new McpctlError('SECRET_UNSUITABLE', `${JSON.stringify(name)} cannot be the name of a secret.`, {
    hint: 'Use letters, digits and underscores, beginning with a letter, e.g. LINEAR_API_KEY.',
  });
}

function canUnlock({ canAsk, platform, env }: KeychainOptions): boolean {
  return canAsk && (platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY));
}

function workerFile({ script }: KeychainOptions): string {
  return join(dirname(dirname(script)), 'dist', 'keychain-worker.js');
}
