import { addCounts, quantileOf } from '../gateway/metrics/quantile.ts';
import type { RecentCalls } from '../gateway/metrics/recent-calls.ts';
import type { ObservedServer } from './observation.ts';

const MINUTE_S = 60;

/** Calls of all processes together, within the time each of them counted over. */
export function callsOf(recent: readonly RecentCalls[]): Pick<ObservedServer, 'calls' | 'cacheHitRatio'> {
  const sum = (of: (one: RecentCalls) => number): number => recent.reduce((total, one) => total + of(one), 0);
  const calls = sum((one) => one.calls);
  const counts = addCounts(recent.map((one) => one.counts));
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

function quantileMs(counts: readonly number[], share: number): number | null {
  const seconds = quantileOf(counts, share);
  return seconds === null ? null : seconds * 1000;
}
