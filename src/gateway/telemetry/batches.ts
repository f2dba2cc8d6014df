export interface BatchesOptions<T> {
  /** Sends a batch: true when it arrived, false when it is to be tried again. Never rejects. */
  send(items: readonly T[]): Promise<boolean>;
  /** So many were lost. */
  dropped(count: number): void;
  /** Between batches, in milliseconds. */
  readonly everyMs: number;
}

/** Collects what is to be sent and sends it in the background. */
export interface Batches<T> {
  /** Returns at once; what finds no room is dropped and counted. */
  add(item: T): void;
  /** Sends what is there, within so many milliseconds; the rest is dropped and counted. */
  close(patienceMs: number): Promise<void>;
}

const MOST_WAITING = 2048;
const LARGEST_BATCH = 512;
/** Failures in a row after which a batch is given up. */
const ATTEMPTS = 3;

export function createBatches<T>({ send, dropped, everyMs }: BatchesOptions<T>): Batches<T> {
  const waiting: T[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  let failures = 0;

  const plan = (): void => {
    timer ??= setTimeout(flush, everyMs).unref();
  };
  const sendOne = async (): Promise<void> => {
    const batch = waiting.slice(0, LARGEST_BATCH);
    const arrived = await send(batch);
    failures = arrived ? 0 : failures + 1;
    if (!arrived && failures < ATTEMPTS) return;
    waiting.splice(0, batch.length);
    if (arrived) return;
    failures = 0;
    dropped(batch.length);
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    sending ??= sendOne().finally(() => {
      sending = undefined;
      if (waiting.length > 0) plan();
    });
  };
  return {
    add(item) {
      if (waiting.length >= MOST_WAITING) {
        dropped(1);
        return;
      }
      waiting.push(item);
      if (waiting.length >= LARGEST_BATCH && failures === 0) flush();
      else plan();
    },
    async close(patienceMs) {
      const end = performance.now() + patienceMs;
      let wake = (): void => {};
      const late = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const alarm = setTimeout(wake, patienceMs);
      while (waiting.length > 0 && performance.now() < end) {
        flush();
        await Promise.race([sending, late]);
      }
      clearTimeout(alarm);
      clearTimeout(timer);
      if (waiting.length > 0) dropped(waiting.length);
      waiting.length = 0;
    },
  };
}
