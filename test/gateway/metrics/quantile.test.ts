import { expect, test } from 'vitest';
import { bucketOf } from '../../../src/gateway/metrics/durations.ts';
import { BOUNDS } from '../../../src/gateway/metrics/metrics.ts';
import { addCounts, quantileOf } from '../../../src/gateway/metrics/quantile.ts';

function counted(seconds: readonly number[]): number[] {
  const counts = new Array<number>(BOUNDS.length + 1).fill(0);
  for (const each of seconds) {
    const bucket = bucketOf(each);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}

test('estimates as Prometheus does: evenly within a bucket, the last bound beyond it', () => {
  // 8 up to 0.01, 2 from 0.1 to 0.2.
  const counts = counted([...new Array<number>(8).fill(0.005), 0.15, 0.15]);

  expect(quantileOf(counts, 0.5)).toBeCloseTo(0.00625, 10);
  expect(quantileOf(counts, 0.8)).toBeCloseTo(0.01, 10);
  expect(quantileOf(counts, 0.9)).toBeCloseTo(0.15, 10);
  expect(quantileOf(counts, 1)).toBeCloseTo(0.2, 10);
  expect(quantileOf(counted([1000]), 0.5)).toBe(300);
  expect(quantileOf(counted([]), 0.5)).toBeNull();
});

test('adds buckets up one by one', () => {
  expect(addCounts([counted([0.005]), counted([0.005, 500])])).toEqual(counted([0.005, 0.005, 500]));
  expect(addCounts([])).toEqual([]);
});
