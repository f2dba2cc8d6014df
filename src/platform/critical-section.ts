/** Work that must not be cut off half done, such as saving a token that replaced the one in the store. */
export interface CriticalSection {
  readonly isBusy: boolean;
  run<T>(body: () => Promise<T>): Promise<T>;
  /** Settles when nothing is under way any more, or when `longestMs` are over. */
  whenFree(longestMs: number): Promise<void>;
}

export function createCriticalSection(): CriticalSection {
  const underWay = new Set<Promise<unknown>>();
  return {
    get isBusy() {
      return underWay.size > 0;
    },
    async run(body) {
      const work = body();
      underWay.add(work);
      try {
        return await work;
      } finally {
        underWay.delete(work);
      }
    },
    async whenFree(longestMs) {
      const until = performance.now() + longestMs;
      while (underWay.size > 0 && performance.now() < until) {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise((resolve) => {
          timer = setTimeout(resolve, until - performance.now());
        });
        await Promise.race([Promise.allSettled(underWay), late]);
        clearTimeout(timer);
      }
    },
  };
}
