import { expect, test } from 'vitest';
import { measureStall } from '../../src/platform/stalls.ts';

/** Keeps the process from everything else. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('a process that was held up knows, also when it is still late', async () => {
  const whileLate = measureStall();
  block(1000);
  expect(whileLate()).toBe(true);

  const afterwards = measureStall();
  block(1000);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(afterwards()).toBe(true);
});

test('what took no time was not held up', () => {
  expect(measureStall()()).toBe(false);
});
