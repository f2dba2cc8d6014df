import { setTimeout as pause } from 'node:timers/promises';
import { ToolError } from '../errors.ts';

/** Milliseconds a request waits at most for its turn. */
const PATIENCE_MS = 30_000;

export interface RateLimit {
  /** Settles when the next request may be sent. @throws ToolError TOO_MANY_CALLS when that would take too long. */
  turn(signal?: AbortSignal): Promise<void>;
}

/** Lets a burst of ten through, then spaces requests evenly. */
export function createRateLimit(
  perMinute: number,
  { now = Date.now, wait = pause }: { now?: () => number; wait?: typeof pause } = {},
): RateLimit {
  const gap = 60_000 / perMinute;
  const burst = Math.min(10, perMinute);
  let next = 0;
  return {
    async turn(signal) {
      const time = now();
      next = Math.max(next, time - burst * gap) + gap;
      const delay = next - time;
      if (delay <= 0) return;
      if (delay > PATIENCE_MS) {
        next -= gap;
        throw new ToolError('TOO_MANY_CALLS', `This server sends ${perMinute} requests a minute at most.`, {
          hint: `Wait ${Math.ceil(delay / 1000)} seconds, or ask for less.`,
          isPassing: true,
        });
      }
      await wait(delay, undefined, signal ? { signal } : {});
    },
  };
}
