export interface RestartPolicyOptions {
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** When a program that ended is started again, and when no more. */
export interface RestartPolicy {
  /** Pause before the next start in milliseconds, or undefined when it failed too often; `healthyMs` since it last worked. */
  ended(healthyMs: number): number | undefined;
  /** Begins anew: somebody asked for a start. */
  forgive(): void;
}

export const RESTARTS = {
  /** So many restarts within `windowMs` are a crash loop. */
  most: 5,
  windowMs: 600_000,
  firstPauseMs: 500,
  longestPauseMs: 60_000,
  /** What worked this long before it ended counts as sound: nothing before it is remembered. */
  soundMs: 10_000,
  /** Rest after a crash loop; the next request after it starts the program once. */
  restMs: 300_000,
} as const;

/** At once, then after 0.5 s, doubled each time up to a minute. */
export function createRestartPolicy({ now }: RestartPolicyOptions): RestartPolicy {
  let times: number[] = [];
  return {
    ended(healthyMs) {
      if (healthyMs >= RESTARTS.soundMs) times = [];
      const at = now();
      times = times.filter((time) => at - time < RESTARTS.windowMs);
      const before = times.length;
      if (before >= RESTARTS.most) return undefined;
      times.push(at);
      return before === 0 ? 0 : Math.min(RESTARTS.firstPauseMs * 2 ** (before - 1), RESTARTS.longestPauseMs);
    },
    forgive() {
      times = [];
    },
  };
}
