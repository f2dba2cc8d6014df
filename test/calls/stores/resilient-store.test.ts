import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryStore } from '../../../src/calls/stores/memory-store.ts';
import { openStore } from '../../../src/calls/stores/open-store.ts';
import { createRedisStore } from '../../../src/calls/stores/redis-store.ts';
import { createResilientStore } from '../../../src/calls/stores/resilient-store.ts';
import type { SharedStore } from '../../../src/calls/stores/store.ts';
import { McpctlError } from '../../../src/core/errors.ts';
import { DEFAULT_SETTINGS } from '../../../src/settings/settings.ts';
import { type RedisServer, startRedis, until } from '../../support/redis.ts';

const HOUR = { key: 'server', limit: 3, windowMs: 3_600_000 };

describe('a store whose Redis goes away', () => {
  let redis: RedisServer;
  let warnings: string[];
  let failures: number;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => await redis.stop());
  beforeEach(() => {
    warnings = [];
    failures = 0;
  });

  async function open(): Promise<SharedStore> {
    const store = await openStore({
      settings: { ...DEFAULT_SETTINGS, store: { kind: 'redis', url: '${REDIS_URL}' } },
      resolver: () => ({
        resolve: async () => ({ values: { url: redis.url }, secrets: [redis.url] }),
      }),
      failed: () => {
        failures += 1;
      },
      warn: (line) => warnings.push(line),
    });
    onTestFinished(() => store.close());
    return store;
  }

  const reads = async (store: SharedStore): Promise<boolean> =>
    await store.generation('server').then(
      () => true,
      () => false,
    );

  test('goes on with limits of its own, keeps nothing, and comes back', async () => {
    const store = await open();
    expect(await store.take([HOUR])).toMatchObject({ isTaken: true });
    await store.set('key', Buffer.from('value'), 60_000);
    expect(await store.get('key')).toEqual(Buffer.from('value'));
    expect([failures, warnings]).toEqual([0, []]);

    await redis.kill();
    const taken = [];
    for (let call = 0; call < 5; call += 1) taken.push((await store.take([HOUR])).isTaken);

    expect(taken).toEqual([true, true, true, false, false]);
    expect(await store.get('key')).toBeUndefined();
    await expect(store.set('key', Buffer.from('value'), 60_000)).resolves.toBeUndefined();
    await expect(store.generation('server')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    await expect(store.stats()).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    expect(failures).toBeGreaterThanOrEqual(7);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^Redis at 127\.0\.0\.1:\d+ could not be used: /);

    await redis.start();
    await until(() => reads(store));
    await store.set('key', Buffer.from('again'), 60_000);

    expect(await store.get('key')).toEqual(Buffer.from('again'));
    expect(await store.take([HOUR])).toMatchObject({ isTaken: true });
  });

  test('waits for a Redis that says nothing once, and not with every call', async () => {
    const store = await open();
    await store.generation('server');

    redis.freeze();
    onTestFinished(() => redis.resume());
    await store.take([HOUR]);
    const start = performance.now();
    let calls = 0;
    while (performance.now() - start < 1000) {
      await store.get('key');
      calls += 1;
    }

    // Four questions of 250 ms would fill this second if each call asked.
    expect(calls).toBeGreaterThan(50);
    redis.resume();
    await until(() => reads(store));
  });

  test('starts although Redis is not there, and takes it when it comes', async () => {
    await redis.kill();
    const store = await open();
    expect(await store.take([HOUR])).toMatchObject({ isTaken: true });
    expect(await reads(store)).toBe(false);

    await redis.start();

    await until(() => reads(store));
  });
});

test('gives no generation twice over a restart of Redis that lost the last bumps', async () => {
  const redis = await startRedis();
  onTestFinished(redis.stop);
  const store = createRedisStore({ url: redis.url, timeoutMs: 5000 });
  onTestFinished(() => store.close());
  const read = async () => await store.generation('server').catch(() => undefined);
  const seen = [await store.generation('server'), await store.bump('server')];

  await redis.kill();
  await redis.start();
  await until(async () => (await read()) !== undefined);

  expect(await read()).toBeGreaterThan(Math.max(...seen));
});

test('tells the others of a write as soon as they can be told', async () => {
  const { shared, state } = mayBeAway();
  const store = createResilientStore({ shared, local: shared, failed: () => {}, warn: () => {} });
  onTestFinished(() => store.close());
  const before = await store.generation('server');

  state.isAway = true;
  expect(await store.bump('server')).toBe(0);
  state.isAway = false;

  // Nobody asks this process anything meanwhile.
  await until(async () => (await shared.generation('server')) > before);
});

test('reads no generation before its own bumps are known', async () => {
  const { shared, state } = mayBeAway();
  let time = 1000;
  const store = createResilientStore({
    shared,
    local: shared,
    failed: () => {},
    warn: () => {},
    now: () => time,
  });
  onTestFinished(() => store.close());
  const before = await store.generation('server');
  state.isAway = true;
  await store.bump('server');
  state.isAway = false;
  await expect(store.generation('server')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });

  time += 10_000;

  expect(await store.generation('server')).toBeGreaterThan(before);
});

/** A store in memory with a switch. */
function mayBeAway(): { readonly shared: SharedStore; readonly state: { isAway: boolean } } {
  const state = { isAway: false };
  const memory = createMemoryStore({ maxEntries: 10, maxBytes: 1000 });
  const bump = async (key: string): Promise<number> => {
    if (state.isAway) throw new McpctlError('STORE_UNREACHABLE', 'Away.');
    return await memory.bump(key);
  };
  return { shared: { ...memory, bump }, state };
}
