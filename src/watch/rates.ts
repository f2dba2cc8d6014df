import { BOUNDS } from '../gateway/metrics/metrics.ts';
import type { RecentCalls } from '../gateway/metrics/recent-calls.ts';
import type { ObservedServer } from './observation.ts';

const MINUTE_S = 60;

/** Calls of all processes together, within the time each of them counted over. */
export function callsOf(recent: readonly RecentCalls[]): Pick<ObservedServer, 'calls' | 'cacheHitRatio'> {
  const sum = (of: (one: RecentCalls) => number): number => recent.reduce((total, one) => total + of(one), 0);
  const calls = sum((one) => one.calls);
  const counts = recent.reduce<number[]>(
    (total, one) => one.counts.map((count, bucket) => count + (total[bucket] ?? 0)),
    [],
  );
  const asked = sum(({ cacheAsked }) => cacheAsked);
  return {
    calls: {
      perMinute: sum((one) => (one.calls * MINUTE_S) / Math.max(MINUTE_S, one.seconds)),
      errorRatio: calls === 0 ? null : sum(({ errors }) => errors) / calls,
      p50Ms: quantileMs(counts, 0.5),
      p95Ms: quantileMs(counts, 0.95),
      rateLimitedPerMinute: sum((one) => (one.rateLimited * MINUTE_S) / Math.max(MINUTE_S, one.seconds)),
    },
    cacheHitRatio: asked === 0 ? null : sum(({ cacheHits }) => cacheHits) / asked,
  };
}

/** Within a bucket, values are taken to lie evenly; above the last bound, at it. Null without values. */
function quantileMs(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let before = 0;
  for (const [bucket, count] of counts.entries()) {
    if (before + count < total * share || count === 0) {
      before += count;
      continue;
    }
    const from = BOUNDS[bucket - 1] ?? 0;
    const to = BOUNDS[bucket] ?? from;
    return 1000 * (from + ((to - from) * (total * share - before)) / count);
  }
  return 1000 * (BOUNDS.at(-1) ?? 0);
}
