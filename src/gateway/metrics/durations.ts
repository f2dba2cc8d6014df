import { BOUNDS } from './metrics.ts';
import type { Durations } from './snapshot.ts';

/** Durations while they are counted. */
export interface Counted extends Durations {
  sum: number;
  readonly counts: number[];
}

export function emptyDurations(): Counted {
  return { sum: 0, counts: new Array<number>(BOUNDS.length + 1).fill(0) };
}

/** Index of the bucket a duration in seconds belongs to. */
export function bucketOf(seconds: number): number {
  let bucket = 0;
  while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] as number)) bucket += 1;
  return bucket;
}
