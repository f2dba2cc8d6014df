import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { whenChanged } from '../../platform/file-stamp.ts';
import type { Paths } from '../../platform/paths.ts';
import { type AlertBook, bookSchema, EMPTY_BOOK } from './book.ts';

/** The book of alerts in the state folder. */
export interface BookFile {
  read(): Promise<AlertBook>;
  /**
   * Changes it while nobody else does; nothing is written when `edit` gives back what it got.
   * @throws FILE_UNWRITABLE, LOCK_TIMEOUT.
   */
  change(edit: (book: AlertBook) => AlertBook): Promise<AlertBook>;
  /** Runs `body` while no other process sends alerts. @throws LOCK_TIMEOUT after that many milliseconds. */
  whileSending<T>(timeoutMs: number, body: () => Promise<T>): Promise<T>;
}

export function openBookFile({ state, locks }: Pick<Paths, 'state' | 'locks'>): BookFile {
  const file = join(state, 'alerts.json');
  // A watcher looks each second.
  const read = whenChanged(file, async () => (await readBook(file)) ?? EMPTY_BOOK);
  return {
    read,
    change: async (edit) =>
      await withFileLock({ folder: locks, name: file }, async () => {
        const found = await readBook(file);
        // What cannot be read is kept for whoever wants to know, and does not stop alerts.
        if (found === undefined) await rename(file, `${file}.damaged`).catch(() => {});
        const book = found ?? EMPTY_BOOK;
        const edited = edit(book);
        if (edited !== book) await writeFileAtomic(file, `${JSON.stringify(edited)}\n`, { exactMode: 0o600 });
        return edited;
      }),
    whileSending: async (timeoutMs, body) =>
      await withFileLock({ folder: locks, name: `${file} sending`, timeoutMs }, body),
  };
}

/** Undefined for a file that is no book. */
async function readBook(file: string): Promise<AlertBook | undefined> {
  try {
    const { data } = bookSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return data;
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return EMPTY_BOOK;
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
