export interface Clock {
  /** Milliseconds that only go forward. */
  now(): number;
  /** Settles after that time, or at once when the signal aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const CLOCK: Clock = {
  now: () => performance.now(),
  wait: (milliseconds, signal) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    }),
};

/** What the promise settles with in that time; otherwise undefined, or a rejection with what `late` says. */
export async function within<T>(
  clock: Clock,
  promise: Promise<T>,
  milliseconds: number,
  late?: () => Error,
): Promise<T | undefined> {
  const timer = new AbortController();
  const isLate = Symbol('late');
  try {
    const time = clock.wait(milliseconds, timer.signal).then(() => isLate);
    const first = await Promise.race([promise, time]);
    if (first !== isLate) return first as T;
    promise.catch(() => {});
    if (late) throw late();
    return undefined;
  } finally {
    timer.abort();
  }
}
