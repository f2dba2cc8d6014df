import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { SharedStore, Window } from '../../../src/calls/stores/store.ts';
import { until } from '../../support/redis.ts';

/** What each store promises. Keys are new for every test, so that one store serves all. */
export function keepsItsContract(kind: 'memory' | 'redis', store: () => SharedStore): void {
  const perHour = (limit: number, key: string = randomUUID()): Window => ({
    key,
    limit,
    windowMs: 3_600_000,
  });

  test('gives as many places as a window has, and then says how long to wait', async () => {
    const window = perHour(3);
    for (let call = 0; call < 3; call += 1) {
      expect(await store().take([window])).toEqual({ isTaken: true, retryAfterMs: 0 });
    }

    const refused = await store().take([window]);

    expect(refused).toMatchObject({ isTaken: false, fullKey: window.key });
    expect(refused.retryAfterMs).toBeGreaterThan(3_500_000);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(3_600_000);
  });

  test('gives no place too many to calls that come at once', async () => {
    const window = perHour(20);

    const taken = await Promise.all(Array.from({ length: 100 }, () => store().take([window])));

    expect(taken.filter(({ isTaken }) => isTaken)).toHaveLength(20);
  });

  test('takes several windows together or none of them', async () => {
    const [wide, narrow] = [perHour(3), perHour(1)];
    await store().take([wide, narrow]);

    const refused = await store().take([wide, narrow]);

    expect(refused).toMatchObject({ isTaken: false, fullKey: narrow.key });
    expect(await store().take([wide])).toMatchObject({ isTaken: true });
    expect(await store().take([wide])).toMatchObject({ isTaken: true });
    expect(await store().take([wide])).toMatchObject({ isTaken: false, fullKey: wide.key });
  });

  test('never lets more than the limit through within a window, wherever the window begins', async () => {
    const window = { key: randomUUID(), limit: 5, windowMs: 200 };
    const taken: { asked: number; answered: number }[] = [];
    while (taken.length < 16) {
      const asked = performance.now();
      const { isTaken, retryAfterMs } = await store().take([window]);
      if (isTaken) taken.push({ asked, answered: performance.now() });
      else expect(retryAfterMs).toBeGreaterThan(0);
    }

    // The store took each place somewhere between question and answer.
    for (const [index, { answered }] of taken.slice(5).entries()) {
      expect(answered - (taken[index]?.asked ?? 0)).toBeGreaterThanOrEqual(200);
    }
  });

  test('has a place again after the wait it named', async () => {
    const window = { key: randomUUID(), limit: 1, windowMs: 1000 };
    await store().take([window]);
    const { retryAfterMs } = await store().take([window]);

    await pause(retryAfterMs + 2);

    expect(await store().take([window])).toMatchObject({ isTaken: true });
  });

  test('minds a limit that was lowered while calls are counted', async () => {
    const key = randomUUID();
    for (let call = 0; call < 4; call += 1) await store().take([perHour(10, key)]);

    expect(await store().take([perHour(2, key)])).toMatchObject({ isTaken: false });
    expect(await store().take([perHour(5, key)])).toMatchObject({ isTaken: true });
  });

  test('counts nothing where there is no window', async () => {
    expect(await store().take([])).toEqual({ isTaken: true, retryAfterMs: 0 });
  });

  test('keeps a generation until it is bumped, and never goes back', async () => {
    const [key, other] = [randomUUID(), randomUUID()];
    const first = await store().generation(key);
    expect(await store().generation(key)).toBe(first);

    const next = await store().bump(key);

    expect(next).toBeGreaterThan(first);
    expect(await store().generation(key)).toBe(next);
    expect(await store().generation(other)).not.toBe(await store().bump(other));
  });

  test('gives each of many bumps a number of its own', async () => {
    const key = randomUUID();

    const numbers = await Promise.all(Array.from({ length: 50 }, () => store().bump(key)));

    expect(new Set(numbers).size).toBe(50);
    expect(await store().generation(key)).toBe(Math.max(...numbers));
  });

  test('gives back the bytes it was given, whatever they are', async () => {
    const key = randomUUID();
    const bytes = Buffer.from([0, 255, 10, 13, 128, 200]);
    expect(await store().get(key)).toBeUndefined();

    await store().set(key, bytes, 60_000);

    expect(await store().get(key)).toEqual(bytes);
    await store().set(key, Buffer.from('other'), 60_000);
    expect(await store().get(key)).toEqual(Buffer.from('other'));
  });

  test('forgets bytes when their time is over', async () => {
    const key = randomUUID();
    await store().set(key, Buffer.from('short'), 30);

    await until(async () => (await store().get(key)) === undefined);
  });

  test('clears what begins so and nothing else, and tells how many', async () => {
    const start = randomUUID();
    // Taken as a pattern, the star would match both.
    for (const key of [`${start}*a`, `${start}*b`, `${start}xa`])
      await store().set(key, Buffer.from(key), 60_000);

    expect(await store().clear(`${start}*`)).toBe(2);

    expect(await store().get(`${start}*a`)).toBeUndefined();
    expect(await store().get(`${start}xa`)).toBeDefined();
  });

  test('clears everything, and counts what it holds', async () => {
    await store().clear();
    expect(await store().stats()).toEqual({ kind, entries: 0, bytes: 0 });
    await store().set('one', Buffer.alloc(1000), 60_000);
    await store().set('two', Buffer.alloc(500), 60_000);

    expect(await store().stats()).toEqual({ kind, entries: 2, bytes: 1500 });
    expect(await store().stats('tw')).toEqual({ kind, entries: 1, bytes: 500 });
    expect(await store().clear()).toBe(2);
    expect(await store().get('one')).toBeUndefined();
  });

  test('counts calls and generations on when kept bytes are cleared', async () => {
    const window = perHour(1);
    const key = randomUUID();
    await store().take([window]);
    const before = await store().bump(key);

    await store().clear();

    expect(await store().take([window])).toMatchObject({ isTaken: false });
    expect(await store().generation(key)).toBe(before);
  });
}
