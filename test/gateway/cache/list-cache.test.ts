import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { createListCache, type ListRequest } from '../../../src/gateway/cache/list-cache.ts';
import type { SharedStore } from '../../../src/gateway/stores/store.ts';
import { STORES } from '../../support/stores.ts';

function scene(store: SharedStore, { lists = true, maxResultBytes = 10_000 } = {}) {
  let fetches = 0;
  let time = Date.now();
  const kept: number[] = [];
  const cache = createListCache({
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
    /** For how long results were kept. */
    kept,
    fetches: () => fetches,
    later(milliseconds: number) {
      time += milliseconds;
    },
    /** What a client gets: the number of the fetch it came from, and how long it may keep it. */
    async ask(parts: Partial<ListRequest> = {}, result: JsonObject = {}) {
      const request = {
        server: 'linear',
        principal: 'ada',
        instance: '1.0.0',
        method: 'tools/list',
        params: {},
        tellsChanges: false,
        signal: new AbortController().signal,
        ...parts,
      };
      const { fetch, ttlMs } = await cache.through(request, async () => {
        fetches += 1;
        return { fetch: fetches, ...result };
      });
      return { fetch, ttlMs };
    },
  };
}

describe.each(STORES)('the cache of lists over $kind', ({ open }) => {
  test('asks a server once, and keeps pages, servers, versions and people apart', async () => {
    const { ask } = scene(await open());
    expect(await ask()).toMatchObject({ fetch: 1 });

    expect(await ask()).toMatchObject({ fetch: 1 });
    expect(await ask({ params: { _meta: { progressToken: 1 } } })).toMatchObject({ fetch: 1 });
    expect(await ask({ params: { cursor: '2' } })).toMatchObject({ fetch: 2 });
    expect(await ask({ server: 'github' })).toMatchObject({ fetch: 3 });
    expect(await ask({ instance: '1.0.1' })).toMatchObject({ fetch: 4 });
    expect(await ask({ principal: 'bob' })).toMatchObject({ fetch: 5 });
    expect(await ask({ method: 'prompts/list' })).toMatchObject({ fetch: 6 });
  });

  test('gives a public list to everybody, and says how much of its time is left', async () => {
    const { ask, later, kept } = scene(await open());
    await ask({}, { cacheScope: 'public', ttlMs: 90_000 });
    later(30_000);

    expect(await ask({ principal: 'bob' })).toEqual({ fetch: 1, ttlMs: 60_000 });
    expect(await ask({ principal: 'bob', server: 'github' }, { cacheScope: 'private' })).toMatchObject({
      fetch: 2,
    });
    expect(await ask({ principal: 'ada', server: 'github' })).toMatchObject({ fetch: 3 });
    expect(kept[0]).toBe(90_000);
  });

  test('asks again what has changed, and nothing else', async () => {
    const { ask, cache } = scene(await open());
    await ask();
    await ask({ method: 'prompts/list' });

    await cache.invalidate('linear', 'tools');
    expect(await ask()).toMatchObject({ fetch: 3 });
    expect(await ask({ method: 'prompts/list' })).toMatchObject({ fetch: 2 });

    await cache.invalidate('linear');
    expect(await ask()).toMatchObject({ fetch: 4 });
    expect(await ask({ method: 'prompts/list' })).toMatchObject({ fetch: 5 });
  });

  test('keeps no list that changed while it was fetched', async () => {
    const { ask, cache } = scene(await open());
    const request: ListRequest = {
      server: 'linear',
      principal: 'ada',
      instance: '1.0.0',
      method: 'tools/list',
      params: {},
      tellsChanges: true,
      signal: new AbortController().signal,
    };
    const early = await cache.through(request, async () => {
      await cache.invalidate('linear', 'tools');
      return { fetch: 'early' };
    });

    expect(early).toEqual({ fetch: 'early' });
    expect(await ask()).toMatchObject({ fetch: 1 });
  });
});

describe('the time a result is kept', () => {
  const open = STORES[0].open;

  test.each<[string, Partial<ListRequest>, JsonObject, number | undefined]>([
    ['as the server says', {}, { ttlMs: 5000 }, 5000],
    ['at most a day', {}, { ttlMs: 1e12 }, 86_400_000],
    ['not at all for a server that says so', {}, { ttlMs: 0 }, undefined],
    ['a minute for a server that says nothing', {}, {}, 60_000],
    ['five minutes for one that tells of changes', { tellsChanges: true }, {}, 300_000],
    ['not at all for a resource of a server that says nothing', { method: 'resources/read' }, {}, undefined],
    ['as the server says of a resource', { method: 'resources/read' }, { ttlMs: 5000 }, 5000],
    [
      'not at all for half an answer',
      { method: 'resources/read' },
      { resultType: 'input_required', ttlMs: 5000 },
      undefined,
    ],
    ['not at all for what is too long', {}, { text: 'x'.repeat(10_000) }, undefined],
    ['not at all for a prompt', { method: 'prompts/get' }, { ttlMs: 5000 }, undefined],
    [
      'not at all for the rest of a conversation',
      { params: { requestState: 'x' } },
      { ttlMs: 5000 },
      undefined,
    ],
  ])('is %s', async (_, request, result, ttlMs) => {
    const { ask, kept } = scene(await open());

    await ask(request, result);

    expect(kept).toEqual(ttlMs === undefined ? [] : [ttlMs]);
  });
});

test('reads of resources end with the next write', async () => {
  const { ask, cache } = scene(await STORES[0].open());
  const read = { method: 'resources/read', params: { uri: 'file:///a' } };
  await ask(read, { ttlMs: 5000 });
  expect(await ask(read)).toMatchObject({ fetch: 1 });

  await cache.invalidate('linear', 'writes');

  expect(await ask(read)).toMatchObject({ fetch: 2 });
});

test('many who ask at once share one fetch', async () => {
  const { ask, fetches } = scene(await STORES[0].open());

  await Promise.all(Array.from({ length: 50 }, () => ask()));

  expect(fetches()).toBe(1);
});

test('keeps nothing where the settings switch it off', async () => {
  const { ask } = scene(await STORES[0].open(), { lists: false });
  await ask();

  expect(await ask()).toMatchObject({ fetch: 2 });
});
