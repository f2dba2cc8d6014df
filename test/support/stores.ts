import { onTestFinished } from 'vitest';
import { createMemoryStore } from '../../src/calls/stores/memory-store.ts';
import { createRedisStore } from '../../src/calls/stores/redis-store.ts';
import type { SharedStore } from '../../src/calls/stores/store.ts';
import { startRedis } from './redis.ts';

/** Both stores, for `describe.each`: each is opened for one test and closed after it. */
export const STORES = [
  { kind: 'memory', open: async () => createMemoryStore({ maxEntries: 10_000, maxBytes: 10_000_000 }) },
  { kind: 'redis', open: openRedis },
] as const;

async function openRedis(): Promise<SharedStore> {
  const redis = await startRedis();
  const store = createRedisStore({ url: redis.url, timeoutMs: 5000 });
  onTestFinished(async () => {
    await store.close();
    await redis.stop();
  });
  return store;
}
