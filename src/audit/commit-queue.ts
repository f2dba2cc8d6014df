import type { RowBody } from './row.ts';

export interface CommitQueueOptions {
  /** Makes rows durable, all or none of them. */
  commit(bodies: readonly RowBody[]): Promise<void>;
}

export interface CommitQueue {
  /** Settles when the row is durable. `isUrgent`: somebody waits, so it leaves with the very next commit. */
  append(body: RowBody, isUrgent: boolean): Promise<void>;
  /** Settles when nothing is left to be written. */
  drain(): Promise<void>;
}

const MOST_ROWS = 256;
const LONGEST_MS = 50;

interface Waiting {
  readonly body: RowBody;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Group commit: rows that nobody waits for gather for 50 ms or until there are 256; those that somebody waits for
 * take the others along.
 */
export function createCommitQueue({ commit }: CommitQueueOptions): CommitQueue {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isUrgent = false;

  const work = async (): Promise<void> => {
    while (waiting.length >= MOST_ROWS || (isUrgent && waiting.length > 0)) {
      const batch = waiting.slice(0, MOST_ROWS);
      waiting = waiting.slice(MOST_ROWS);
      if (waiting.length === 0) isUrgent = false;
      try {
        await commit(batch.map(({ body }) => body));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running = undefined;
    if (waiting.length > 0) startTimer();
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    isUrgent = true;
    running ??= work();
  };
  const startTimer = (): void => {
    timer ??= setTimeout(flush, LONGEST_MS);
  };
  return {
    append: async (body, urgent) =>
      await new Promise<void>((resolve, reject) => {
        waiting.push({ body, resolve, reject });
        if (urgent || waiting.length >= MOST_ROWS) flush();
        else if (!running) startTimer();
      }),
    async drain() {
      while (waiting.length > 0 || running) {
        flush();
        await running;
      }
    },
  };
}
