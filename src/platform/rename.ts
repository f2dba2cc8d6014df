import { rename } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isSystemError } from '../core/errors.ts';

export interface RenameOptions {
  readonly platform?: NodeJS.Platform;
  readonly renameFile?: (from: string, to: string) => Promise<void>;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

/** Longest total wait on Windows, in milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Renames a file over another. On Windows virus scanners and editors hold files open for moments, and the rename
 * fails with EPERM, EACCES or EBUSY until they let go: there it is tried again for about five seconds.
 */
export async function renamePatiently(
  from: string,
  to: string,
  { platform = process.platform, renameFile = rename, wait = pause }: RenameOptions = {},
): Promise<void> {
  let waited = 0;
  for (let step = 10; ; step = Math.min(step * 2, 500)) {
    try {
      return await renameFile(from, to);
    } catch (error) {
      const isPassing = platform === 'win32' && isSystemError(error, 'EPERM', 'EACCES', 'EBUSY');
      if (!isPassing || waited + step > PATIENCE_MS) throw error;
    }
    await wait(step);
    waited += step;
  }
}
