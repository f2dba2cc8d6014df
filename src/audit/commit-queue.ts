import type { RowBody } from './row.ts';

export interface CommitQueueOptions {
  /** Writes rows, all or none of them; undefined when that was done at once. */
  commit(bodies: readonly RowBody[]): Promise<void> | undefined;
}

export interface CommitQueue {
  /** Settles when the row is written. */
  append(body: RowBody): Promise<void>;
  /** A commit is under way that was not done at once: rows that come now wait for it. */
  readonly isHeld: boolean;
  /** Settles when nothing is left to be written. */
  drain(): Promise<void>;
}

const MOST_ROWS = 256;

interface Waiting {
  readonly body: RowBody;
  resolve(): void;
  reject(error: unknown): void;
}

/** Group commit: rows that come at one time, or while others are written, leave together, up to 256 of them. */
export function createCommitQueue({ commit }: CommitQueueOptions): CommitQueue {
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let isHeld = false;

  const work = async (): Promise<void> => {
    // What the same turn appends goes along.
    await undefined;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_ROWS);
      try {
        const writing = commit(batch.map(({ body }) => body));
        isHeld = writing !== undefined;
        if (writing) await writing;
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isHeld = false;
    running = undefined;
  };
  return {
    get isHeld() {
      return isHeld;
    },
    append: (body) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ body, resolve, reject });
        running ??= work();
      }),
    drain: async () => await running,
  };
}
