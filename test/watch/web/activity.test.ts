import { expect, test } from 'vitest';
import { createActivityBook } from '../../../src/watch/web/activity.ts';
import { rowOf } from '../../support/dashboard.ts';

const NOW = new Date('2026-11-30T12:00:30.000Z');
const call = (ts: string, facts: object = {}) => rowOf({ server: 'github', tool: 'search', ts, ...facts });

test('counts calls into the minutes of the last hour, and forgets older ones', () => {
  const book = createActivityBook();
  book.add([
    call('2026-11-30T11:00:59.999Z'),
    call('2026-11-30T11:01:00.000Z'),
    call('2026-11-30T12:00:29.000Z', { outcome: 'tool_error' }),
    call('2026-11-30T12:00:29.500Z', { outcome: 'denied' }),
    call('2026-11-30T12:00:29.900Z', { outcome: 'cancelled' }),
    call('2026-11-30T12:07:00.000Z'),
  ]);

  const { minutes, until } = book.sum(NOW);

  expect(until).toBe('2026-11-30T12:01:00.000Z');
  expect(minutes).toHaveLength(60);
  expect(minutes[0]).toEqual({ ok: 1, failed: 0, refused: 0 });
  expect(minutes[59]).toEqual({ ok: 0, failed: 1, refused: 2 });
  expect(minutes.slice(1, 59).every(({ ok, failed, refused }) => ok + failed + refused === 0)).toBe(true);
});

test('tells how long the calls of each tool took, and how many failed', () => {
  const book = createActivityBook();
  const ts = '2026-11-30T11:59:00.000Z';
  book.add(Array.from({ length: 100 }, (_, index) => call(ts, { ms: 100 - index })));
  book.add([call(ts, { tool: 'create', ms: 7, outcome: 'timeout' })]);
  book.add([call(ts, { tool: undefined, method: 'resources/read' })]);

  const { tools } = book.sum(NOW);

  expect(tools).toEqual([
    { server: 'github', tool: 'search', calls: 100, failed: 0, p50Ms: 50, p95Ms: 95 },
    { server: 'github', tool: 'create', calls: 1, failed: 1, p50Ms: 7, p95Ms: 7 },
  ]);
});

test('keeps servers apart, with what the cache and the limits did', () => {
  const book = createActivityBook();
  const ts = '2026-11-30T12:00:00.000Z';
  book.add([
    call(ts, { cache: 'hit' }),
    call(ts, { cache: 'stale' }),
    call(ts, { cache: 'miss' }),
    call(ts, { outcome: 'rate_limited' }),
    call(ts, { server: 'linear', outcome: 'error' }),
  ]);

  const { servers } = book.sum(NOW);

  expect(servers).toMatchObject([
    { server: 'github', calls: 4, failed: 0, rateLimited: 1, hits: 2, misses: 1 },
    { server: 'linear', calls: 1, failed: 1, rateLimited: 0, hits: 0, misses: 0 },
  ]);
  expect(servers[0]?.minutes[59]).toBe(4);
});
