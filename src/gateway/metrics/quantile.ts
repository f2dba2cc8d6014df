import { BOUNDS } from './metrics.ts';

/**
 * The duration, in seconds, that a share of all stay under, as `histogram_quantile` of Prometheus estimates it:
 * evenly spread within a bucket, and the last bound where they took longer. Null without any.
 */
export function quantileOf(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = share * total;
  let below = 0;
  for (const [index, bound] of BOUNDS.entries()) {
    const count = counts[index] ?? 0;
    if (count > 0 && below + count >= rank) {
      const start = BOUNDS[index - 1] ?? 0;
      return start + (bound - start) * Math.max(0, (rank - below) / count);
    }
    below += count;
  }
  return BOUNDS.at(-1) ?? null;
}

/** Bucket by bucket. */
export function addCounts(all: readonly (readonly number[])[]): number[] {
  return all.reduce<number[]>((sum, counts) => counts.map((count, index) => count + (sum[index] ?? 0)), []);
}
