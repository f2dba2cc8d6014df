import { afterAll, beforeAll, describe } from 'vitest';
import { createMemoryStore } from '../../../src/calls/stores/memory-store.ts';
import { createRedisStore } from '../../../src/calls/stores/redis-store.ts';
import type { SharedStore } from '../../../src/calls/stores/store.ts';
import { type RedisServer, startRedis } from '../../support/redis.ts';
import { keepsItsContract } from './contract.ts';

describe('a store in memory', () => {
  const store = createMemoryStore({ maxEntries: 1000, maxBytes: 1_000_000 });
  keepsItsContract('memory', () => store);
});

describe('a store in Redis', () => {
  let redis: RedisServer;
  let store: SharedStore;
  beforeAll(async () => {
    redis = await startRedis();
    store = createRedisStore({ url: redis.url, timeoutMs: 5000 });
  });
  afterAll(async () => {
    await store.close();
    await redis.stop();
  });
  keepsItsContract('redis', () => store);
});
