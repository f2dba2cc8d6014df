import type { Clock } from '../../src/calls/clock.ts';

export interface FakeClock extends Clock {
  /** Lets so many milliseconds pass; what is due is done in order, and what follows from it settles. */
  pass(ms: number): Promise<void>;
}

/** Time that stands still until it is told to pass. */
export function fakeClock(): FakeClock {
  let now = 0;
  let due: { readonly at: number; readonly action: () => void }[] = [];
  const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    after(ms, action) {
      const entry = { at: now + ms, action };
      due.push(entry);
      return () => {
        due = due.filter((each) => each !== entry);
      };
    },
    async pass(ms) {
      const until = now + ms;
      await settle();
      for (;;) {
        const [next] = due.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
        if (!next) break;
        due = due.filter((each) => each !== next);
        now = Math.max(now, next.at);
        next.action();
        await settle();
      }
      now = until;
    },
  };
}
