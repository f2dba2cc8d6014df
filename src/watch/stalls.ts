const LOOK_MS = 200;

/** Time in which this process was not let work, though it had to: a busy or sleeping machine. */
export interface Stalls {
  /** Milliseconds, of all such times together so far. */
  total(): number;
}

/** Measures how late a timer comes. It keeps no process alive. */
export function createStalls(): Stalls {
  let total = 0;
  let expected = performance.now() + LOOK_MS;
  const look = (): void => {
    const now = performance.now();
    total += Math.max(0, now - expected);
    expected = now + LOOK_MS;
  };
  setInterval(look, LOOK_MS).unref();
  return {
    // A timer that is late right now counts as well.
    total: () => total + Math.max(0, performance.now() - expected),
  };
}
