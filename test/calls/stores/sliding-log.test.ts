import { expect, test } from 'vitest';
import { createSlidingLog } from '../../../src/calls/stores/sliding-log.ts';

const minute = (limit: number, key = 'server') => ({ key, limit, windowMs: 60_000 });

test('waits for as many calls to leave as a lowered limit needs', () => {
  const log = createSlidingLog();
  for (let second = 0; second < 4; second += 1) log.take([minute(10)], second * 1000);

  expect(log.take([minute(2)], 4000)).toMatchObject({ isTaken: false, retryAfterMs: 58_000 });
});

test('names the window that is full the longest', () => {
  const log = createSlidingLog();
  log.take([minute(1, 'early')], 0);
  log.take([minute(1, 'late')], 1000);

  expect(log.take([minute(1, 'late'), minute(1, 'early')], 2000)).toEqual({
    isTaken: false,
    fullKey: 'late',
    retryAfterMs: 59_000,
  });
});

test('gives a place back in the moment its call is a window old', () => {
  const log = createSlidingLog();
  log.take([minute(1)], 0);

  expect(log.take([minute(1)], 59_999)).toMatchObject({ isTaken: false, retryAfterMs: 1 });
  expect(log.take([minute(1)], 60_000)).toMatchObject({ isTaken: true });
});

test('goes on counting right when its ring has grown and turned', () => {
  const log = createSlidingLog();
  let taken = 0;
  for (let time = 0; time < 300_000; time += 100) if (log.take([minute(100)], time).isTaken) taken += 1;

  expect(taken).toBe(500);
});

test('counts on for those who come again after many others', () => {
  const log = createSlidingLog();
  log.take([minute(1)], 0);
  for (let other = 0; other < 5000; other += 1) log.take([minute(1, `other ${other}`)], 1);

  expect(log.take([minute(1)], 2)).toMatchObject({ isTaken: false });
});
