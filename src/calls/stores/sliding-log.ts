import type { Taken, Window } from './store.ts';

/** The calls of each window, in memory: exact at any moment, unlike counters of whole minutes. */
export interface SlidingLog {
  /** Takes a place in each window, or in none. `now` in milliseconds, never less than before. */
  take(windows: readonly Window[], now: number): Taken;
}

/** Windows nobody used for long are forgotten when so many are known. */
const MANY = 1000;

export function createSlidingLog(): SlidingLog {
  const logs = new Map<string, CallLog>();
  let sweepAt = MANY;

  const sweep = (now: number): void => {
    for (const [key, log] of logs) if (log.isOver(now)) logs.delete(key);
    sweepAt = Math.max(MANY, logs.size * 2);
  };
  const logOf = ({ key }: Window): CallLog => {
    const known = logs.get(key) ?? createCallLog();
    logs.set(key, known);
    return known;
  };

  return {
    take(windows, now) {
      if (logs.size >= sweepAt) sweep(now);
      let full: { readonly key: string; readonly wait: number } | undefined;
      for (const window of windows) {
        const wait = logOf(window).wait(window, now);
        if (wait > (full?.wait ?? 0)) full = { key: window.key, wait };
      }
      if (full) return { isTaken: false, retryAfterMs: Math.ceil(full.wait), fullKey: full.key };
      for (const window of windows) logOf(window).add(window, now);
      return { isTaken: true, retryAfterMs: 0 };
    },
  };
}

interface CallLog {
  /** Until there is a place, in milliseconds. */
  wait(window: Window, now: number): number;
  add(window: Window, now: number): void;
  isOver(now: number): boolean;
}

/** Times of calls in a ring that grows up to what its window holds. */
function createCallLog(): CallLog {
  let ring = new Float64Array(16);
  let first = 0;
  let count = 0;
  let overAt = 0;
  const at = (index: number): number => ring[(first + index) % ring.length] ?? 0;

  const drop = (until: number): void => {
    while (count > 0 && at(0) <= until) {
      first = (first + 1) % ring.length;
      count -= 1;
    }
  };
  const grow = (): void => {
    const wider = new Float64Array(ring.length * 2);
    for (let index = 0; index < count; index += 1) wider[index] = at(index);
    ring = wider;
    first = 0;
  };

  return {
    wait({ limit, windowMs }, now) {
      drop(now - windowMs);
      // The limit may have been lowered meanwhile: then it is not the oldest call that has to leave.
      return count < limit ? 0 : at(count - limit) + windowMs - now;
    },
    add({ windowMs }, now) {
      if (count === ring.length) grow();
      ring[(first + count) % ring.length] = now;
      count += 1;
      overAt = now + windowMs;
    },
    isOver: (now) => now >= overAt,
  };
}
