import { performance } from 'node:perf_hooks';
import type { StopSignal } from '../core/stop.ts';

/** Time as layers see it, in milliseconds from any beginning. */
export interface Clock {
  now(): number;
  /** Does something later; what is returned takes it back. */
  after(ms: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

/** Time of day, in milliseconds since 1970. */
export const wallClock: Clock = { now: () => Date.now(), after: systemClock.after };

/** Settles when the time is over; rejects with the signal's reason when that comes first. */
export async function pause(clock: Clock, ms: number, signal: StopSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      takeBack();
      reject(signal.reason);
    };
    const takeBack = clock.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}
