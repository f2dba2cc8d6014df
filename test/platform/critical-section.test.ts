import { expect, test } from 'vitest';
import { createCriticalSection } from '../../src/platform/critical-section.ts';

test('is free once everything in it ended, also what began meanwhile and what failed', async () => {
  const critical = createCriticalSection();
  const ends: (() => void)[] = [];
  const work = (): Promise<void> => critical.run(() => new Promise((resolve) => ends.push(resolve)));
  const first = work();
  const failing = critical.run(() => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  let isFree = false;
  const free = critical.whenFree(60_000).then(() => {
    isFree = true;
  });
  const second = work();
  ends[0]?.();
  await first;
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect([isFree, critical.isBusy]).toEqual([false, true]);

  ends[1]?.();
  await Promise.all([second, free]);
  expect(critical.isBusy).toBe(false);
});

test('waits so long and no longer', async () => {
  const critical = createCriticalSection();
  void critical.run(() => new Promise(() => {}));
  await critical.whenFree(20);

  expect(critical.isBusy).toBe(true);
});
