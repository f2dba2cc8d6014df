import { performance } from 'node:perf_hooks';
import type { LRUCache } from 'lru-cache';
import { createSlidingLog } from './sliding-log.ts';
import type { SharedStore } from './store.ts';

export interface MemoryStoreOptions {
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

type KeptBytes = LRUCache<string, Buffer>;

/** State of this process alone. */
export function createMemoryStore(options: MemoryStoreOptions): SharedStore {
  const { now = () => performance.now() } = options;
  const log = createSlidingLog();
  const generations = new Map<string, number>();
  let kept: Promise<KeptBytes> | undefined;

  return {
    take: (windows) => log.take(windows, now()),
    generation: async (key) => generations.get(key) ?? 0,
    bump(key) {
      const next = (generations.get(key) ?? 0) + 1;
      generations.set(key, next);
      return next;
    },
    get: async (key) => (await kept)?.get(key),
    async set(key, value, ttlMs) {
      kept ??= openKept(options, now);
      (await kept).set(key, value, { ttl: ttlMs });
    },
    async clear(prefix = '') {
      const held = await kept;
      if (!held) return 0;
      held.purgeStale();
      const found = [...held.keys()].filter((key) => key.startsWith(prefix));
      for (const key of found) held.delete(key);
      return found.length;
    },
    async stats(prefix = '') {
      const held = await kept;
      held?.purgeStale();
      const found = [...(held?.entries() ?? [])].filter(([key]) => key.startsWith(prefix));
      const bytes = found.reduce((sum, [, value]) => sum + value.length, 0);
      return { kind: 'memory', entries: found.length, bytes };
    },
    async close() {
      (await kept)?.clear();
    },
  };
}

/** Loaded with the first bytes that are kept: most servers have none. */
async function openKept({ maxEntries, maxBytes }: MemoryStoreOptions, now: () => number): Promise<KeptBytes> {
  const { openLru } = await import('./lru.ts');
  return openLru({ maxEntries, maxBytes, now });
}
