import { expect, test } from 'vitest';
import { createBatches } from '../../../src/gateway/telemetry/batches.ts';

function scene(arrives: (batch: readonly number[]) => boolean | Promise<boolean>) {
  const sent: (readonly number[])[] = [];
  let lost = 0;
  const batches = createBatches<number>({
    everyMs: 5,
    async send(items) {
      sent.push(items);
      return await arrives(items);
    },
    dropped(count) {
      lost += count;
    },
  });
  return { batches, sent, lost: () => lost };
}

test('sends what was added together, and a full batch at once', async () => {
  const { batches, sent, lost } = scene(() => true);
  for (let index = 0; index < 600; index += 1) batches.add(index);
  expect(sent[0]).toHaveLength(512);
  await expect.poll(() => sent.flat().length).toBe(600);
  expect(sent).toHaveLength(2);
  expect(lost()).toBe(0);
});

test('what finds no room is dropped and counted, and memory is bounded', async () => {
  const { batches, sent, lost } = scene(() => new Promise<boolean>(() => {}));
  for (let index = 0; index < 5000; index += 1) batches.add(index);
  expect(lost()).toBe(5000 - 2048);
  expect(sent).toHaveLength(1);
  await batches.close(20);
  expect(lost()).toBe(5000);
});

test('a batch that does not arrive is sent again, and given up after three times', async () => {
  const { batches, sent, lost } = scene(() => false);
  batches.add(1);
  batches.add(2);
  await expect.poll(lost).toBe(2);
  expect(sent).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
});

test('closing sends what is left', async () => {
  const { batches, sent, lost } = scene(() => true);
  for (let index = 0; index < 100; index += 1) batches.add(index);
  await batches.close(1000);
  expect(sent.flat()).toHaveLength(100);
  expect(lost()).toBe(0);
});
