const LOOK_MS = 200;
/** While this process itself stood still for longer, in milliseconds, it cannot tell others that do. */
const MOST_MS = 300;

/**
 * Begins to measure how long this process is not let work, though it has to: on a busy machine, or one that sleeps.
 * What is returned ends it, and tells whether that was too long to say of others that they were late. It has to be
 * called; until then a timer looks how late it comes, which keeps no process alive.
 */
export type MeasureStall = () => () => boolean;

export const measureStall: MeasureStall = () => {
  let total = 0;
  let expected = performance.now() + LOOK_MS;
  const look = (): void => {
    const now = performance.now();
    total += Math.max(0, now - expected);
    expected = now + LOOK_MS;
  };
  const timer = setInterval(look, LOOK_MS).unref();
  return () => {
    clearInterval(timer);
    // A timer that is late right now counts as well.
    look();
    return total > MOST_MS;
  };
};
