import { describe, expect, test } from 'vitest';
import { endGenerations } from '../../../src/calls/cache/generations.ts';
import { createResourceCache, type ReadRequest } from '../../../src/calls/cache/resource-cache.ts';
import type { SharedStore } from '../../../src/calls/stores/store.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { STORES } from '../../support/stores.ts';

function scene(store: SharedStore, { lists = true, maxResultBytes = 10_000 } = {}) {
  let reads = 0;
  let time = Date.now();
  const kept: number[] = [];
  const cache = createResourceCache({
    settings: { lists, maxResultBytes },
    store: {
      ...store,
      async set(key, value, ttlMs) {
        kept.push(ttlMs);
        await store.set(key, value, ttlMs);
      },
    },
    tenant: 'ada@laptop',
    now: () => new Date(time),
  });
  return {
    cache,
    /** For how long answers were kept. */
    kept,
    reads: () => reads,
    later(milliseconds: number) {
      time += milliseconds;
    },
    /** What a client gets: the number of the read it came from, and how long it may keep it. */
    async ask(
      parts: Partial<ReadRequest> = {},
      result: JsonObject = { ttlMs: 60_000 },
      meanwhile?: () => Promise<void>,
    ) {
      const request: ReadRequest = {
        server: 'linear',
        principal: 'ada',
        instance: '1.0.0',
        era: 'modern',
        uri: 'issue://1',
        isSubscribed: false,
        signal: new AbortController().signal,
        ...parts,
      };
      const { line } = await cache.through(request, async () => {
        reads += 1;
        await meanwhile?.();
        const body = 'error' in result ? result : { result: { read: reads, ...result } };
        return { line: Buffer.from(JSON.stringify({ id: 1, ...body })), isError: 'error' in result };
      });
      const { read, ttlMs, _meta } = JSON.parse(String(line)).result ?? {};
      return { read, ttlMs, remark: _meta?.['mcpctl/cache'] };
    },
  };
}

describe.each(STORES)('the cache of resources over $kind', ({ open }) => {
  test('reads once, and keeps resources, servers, versions, eras and people apart', async () => {
    const { ask } = scene(await open());
    expect(await ask()).toEqual({ read: 1, ttlMs: 60_000 });
    expect(await ask()).toMatchObject({ read: 1, remark: { status: 'hit', ageMs: 0 } });

    expect(await ask({ uri: 'issue://2' })).toMatchObject({ read: 2 });
    expect(await ask({ server: 'github' })).toMatchObject({ read: 3 });
    expect(await ask({ instance: '1.0.1' })).toMatchObject({ read: 4 });
    expect(await ask({ era: 'legacy' })).toMatchObject({ read: 5 });
    expect(await ask({ principal: 'bob' })).toMatchObject({ read: 6 });
    expect(await ask()).toMatchObject({ read: 1 });
  });

  test('gives what is public to everybody, and says how much of its time is left', async () => {
    const { ask, later } = scene(await open());
    await ask({}, { cacheScope: 'public', ttlMs: 90_000 });
    later(30_000);

    expect(await ask({ principal: 'bob' })).toMatchObject({ read: 1, ttlMs: 60_000 });
    expect(await ask({ principal: 'bob', server: 'github' })).toMatchObject({ read: 2 });
    expect(await ask({ principal: 'bob', instance: '1.0.1' })).toMatchObject({ read: 3 });
  });

  test('reads again after a change of the resource, a write or a restart', async () => {
    const store = await open();
    const { ask } = scene(store);
    await ask();

    await endGenerations(store, 'linear', ['resources']);
    expect(await ask()).toMatchObject({ read: 2 });
    await endGenerations(store, 'linear', ['writes']);
    expect(await ask()).toMatchObject({ read: 3 });
    await endGenerations(store, 'linear');
    expect(await ask()).toMatchObject({ read: 4 });
    await endGenerations(store, 'github');
    expect(await ask()).toMatchObject({ read: 4 });
  });

  test('keeps nothing that changed while it was read', async () => {
    const store = await open();
    const { ask, kept } = scene(store);

    await ask({}, { ttlMs: 60_000 }, () => endGenerations(store, 'linear', ['resources']));

    expect(kept).toEqual([]);
    expect(await ask()).toMatchObject({ read: 2 });
  });
});

describe('the time an answer is kept', () => {
  const open = STORES[0].open;

  test.each<[string, Partial<ReadRequest>, JsonObject, number | undefined]>([
    ['as the server says', {}, { ttlMs: 5000 }, 5000],
    ['at most a day', {}, { ttlMs: 1e12 }, 86_400_000],
    ['nothing for a server that says so', { isSubscribed: true }, { ttlMs: 0 }, undefined],
    ['nothing for a server that says nothing', {}, {}, undefined],
    ['five minutes for what is subscribed to', { isSubscribed: true }, {}, 300_000],
    ['nothing for half an answer', {}, { resultType: 'input_required', ttlMs: 5000 }, undefined],
    ['nothing for an error', { isSubscribed: true }, { error: { code: -32602 } }, undefined],
    ['nothing for what is too long', {}, { ttlMs: 5000, text: 'x'.repeat(10_000) }, undefined],
  ])('is %s', async (_, request, result, ttlMs) => {
    const { ask, kept } = scene(await open());

    await ask(request, result);

    expect(kept).toEqual(ttlMs === undefined ? [] : [ttlMs]);
  });
});

test('many who read the same at once share one read', async () => {
  const { ask, reads } = scene(await STORES[0].open());

  await Promise.all(Array.from({ length: 50 }, () => ask()));

  expect(reads()).toBe(1);
});

test('keeps nothing where the settings switch it off', async () => {
  const { ask } = scene(await STORES[0].open(), { lists: false });
  await ask();

  expect(await ask()).toMatchObject({ read: 2 });
});
