import { expect, test } from 'vitest';
import { createRateLimit } from '../src/api/rate-limit.ts';

function limitOf(perMinute: number) {
  const waits: number[] = [];
  let time = 1_000_000;
  const limit = createRateLimit(perMinute, {
    now: () => time,
    wait: (async (ms: number) => void waits.push(ms)) as never,
  });
  const pass = (ms: number) => {
    time += ms;
  };
  return { limit, waits, pass };
}

test('a burst passes, then requests are spaced', async () => {
  const { limit, waits } = limitOf(60);

  for (let index = 0; index < 12; index += 1) await limit.turn();

  expect(waits).toEqual([1000, 2000]);
});

test('time makes room again', async () => {
  const { limit, waits, pass } = limitOf(60);
  for (let index = 0; index < 10; index += 1) await limit.turn();

  pass(5000);
  for (let index = 0; index < 5; index += 1) await limit.turn();

  expect(waits).toEqual([]);
});

test('too long a wait is refused instead', async () => {
  const { limit } = limitOf(1);
  await limit.turn();

  await expect(limit.turn()).rejects.toMatchObject({ code: 'TOO_MANY_CALLS', isPassing: true });
});
