import { performance } from 'node:perf_hooks';
import { McpctlError } from '../../core/errors.ts';
import type { SharedStore } from './store.ts';

export interface ResilientStoreOptions {
  readonly shared: SharedStore;
  /** Counts calls while the shared store is away. */
  readonly local: Pick<SharedStore, 'take' | 'close'>;
  /** The shared store did not answer and something else stood in. */
  failed(): void;
  /** Gets what is wrong, once each time the shared store goes away. */
  warn(line: string): void;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

const SOON_MS = 100;
const LATEST_MS = 5000;
const SETTLE_MS = 500;

/**
 * A shared store that may go away without calls going with it: limits are then kept by this process alone, nothing is
 * kept or found, and `generation` rejects. While it is away one question now and then finds out whether it is back;
 * the others don't wait. What was bumped meanwhile is bumped there before any generation is read again.
 */
export function createResilientStore(options: ResilientStoreOptions): SharedStore {
  const { shared, local, failed, warn, now = () => performance.now() } = options;
  /** Generations whose bump nobody else knows of. */
  const owed = new Set<string>();
  let failures = 0;
  let askAgainAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  /** Undefined where the shared store gave no answer. */
  const ask = async <T>(question: () => Promise<T> | T): Promise<{ readonly answer: T } | undefined> => {
    if (failures > 0) {
      if (now() < askAgainAt) {
        failed();
        return undefined;
      }
      askAgainAt = now() + pauseAfter(failures);
    }
    try {
      const answer = await question();
      failures = 0;
      return { answer };
    } catch (error) {
      if (!(error instanceof McpctlError)) throw error;
      if (failures === 0) warn(`${error.message} Limits count in this process only, and nothing is cached.`);
      failures += 1;
      askAgainAt = now() + pauseAfter(failures);
      failed();
      return undefined;
    }
  };
  const settle = async (): Promise<void> => {
    for (const key of [...owed]) {
      owed.delete(key);
      try {
        await shared.bump(key);
      } catch (error) {
        owe(key);
        throw error;
      }
    }
  };
  // Others go on serving what they keep until they hear of it, so this does not wait for a call of ours.
  const owe = (key: string): void => {
    owed.add(key);
    timer ??= setTimeout(async () => {
      timer = undefined;
      await ask(settle).catch(() => {});
      const [left] = owed;
      if (left !== undefined && !isClosed) owe(left);
    }, SETTLE_MS).unref();
  };

  return {
    async take(windows) {
      return (await ask(() => shared.take(windows)))?.answer ?? (await local.take(windows));
    },
    async generation(key) {
      const found = await ask(async () => {
        await settle();
        return await shared.generation(key);
      });
      if (!found) throw away();
      return found.answer;
    },
    async bump(key) {
      const bumped = await ask(() => shared.bump(key));
      if (!bumped) owe(key);
      return bumped?.answer ?? 0;
    },
    get: async (key) => (await ask(() => shared.get(key)))?.answer,
    async set(key, value, ttlMs) {
      await ask(() => shared.set(key, value, ttlMs));
    },
    clear: (prefix) => shared.clear(prefix),
    stats: (prefix) => shared.stats(prefix),
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await Promise.all([shared.close(), local.close()]);
    },
  };
}

function pauseAfter(failures: number): number {
  return Math.min(SOON_MS * 2 ** (failures - 1), LATEST_MS);
}

function away(): McpctlError {
  return new McpctlError('STORE_UNREACHABLE', 'The shared store is away.', {
    hint: 'It is asked again by itself.',
  });
}
