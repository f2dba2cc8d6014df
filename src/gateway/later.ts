/** Work that waits for a pause, so that the next call need not wait for it. */
export interface Later {
  /** Work that fails has told so by itself. */
  add(work: () => Promise<void>): void;
  /** Begins what waits, and settles when all of it is done. */
  finish(): Promise<void>;
}

const LATER_MS = 50;
const MOST_WAITING = 256;

export function createLater(): Later {
  const waiting: (() => Promise<void>)[] = [];
  const running = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  const finish = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    for (const work of waiting.splice(0)) {
      const done = work().catch(() => {});
      running.add(done);
      done.finally(() => running.delete(done));
    }
    await Promise.all(running);
  };
  return {
    finish,
    add(work) {
      waiting.push(work);
      if (waiting.length >= MOST_WAITING) void finish();
      else timer ??= setTimeout(finish, LATER_MS);
    },
  };
}
