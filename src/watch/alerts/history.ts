import type { Observation } from '../observation.ts';

export interface Increase {
  /** How much a counter grew; what was lost with a process that ended is not taken off. */
  readonly by: number;
  /** Whether it was looked at all that time; a watcher that just began does not know. */
  readonly isWhole: boolean;
  /** Since when it is looked at; milliseconds since 1970. */
  readonly since: number;
}

/** What was observed lately, as far as rules ask for it. */
export interface History {
  add(observation: Observation): void;
  /** Growth of a counter within the last milliseconds; where `read` has no value there was none. */
  increaseOf(read: (observation: Observation) => number | undefined, windowMs: number): Increase;
}

const KEPT_MS = 16 * 60_000;
/** Observations that come faster than this replace each other. */
const SPACING_MS = 10_000;

export function createHistory(): History {
  let kept: { readonly at: number; readonly observation: Observation }[] = [];
  return {
    add(observation) {
      const at = Date.parse(observation.at);
      // The newest counts in any case, and makes room where the one before it came too soon after another.
      if (at - (kept.at(-2)?.at ?? Number.NEGATIVE_INFINITY) < SPACING_MS) kept.pop();
      kept.push({ at, observation });
      kept = kept.filter((each) => at - each.at <= KEPT_MS);
    },
    increaseOf(read, windowMs) {
      const until = kept.at(-1)?.at ?? 0;
      const start = until - windowMs;
      let by = 0;
      let last: number | undefined;
      for (const { at, observation } of kept) {
        const value = read(observation);
        if (value === undefined) continue;
        if (at > start && last !== undefined) by += Math.max(0, value - last);
        last = value;
      }
      const since = kept[0]?.at ?? until;
      return { by, isWhole: since <= start, since };
    },
  };
}
