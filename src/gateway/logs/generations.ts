import { type FileHandle, open } from 'node:fs/promises';
import { isSystemError } from '../../core/errors.ts';
import { KEPT_FILES } from './rotating-file.ts';

/** One of the files of a log, open. */
export interface Generation {
  readonly handle: FileHandle;
  /** Tells it from others, whatever its name is by now. */
  readonly id: string;
  /** In bytes, when it was opened. */
  readonly size: number;
}

/**
 * Opens a log and what of it was set aside, newest first; a file that cannot be read is left out. They are opened in
 * that order because they are set aside the other way round, so that none is missed when that happens meanwhile.
 */
export async function withGenerations<T>(
  path: string,
  use: (files: readonly Generation[]) => Promise<T>,
): Promise<T> {
  const files: Generation[] = [];
  try {
    for (let number = 0; number <= KEPT_FILES; number += 1) {
      const handle = await openFile(number === 0 ? path : `${path}.${number}`);
      if (!handle) continue;
      const { dev, ino, size } = await handle.stat({ bigint: true });
      const id = `${dev}:${ino}`;
      if (files.some((file) => file.id === id)) await handle.close();
      else files.push({ handle, id, size: Number(size) });
    }
    return await use(files);
  } finally {
    await Promise.all(files.map(async ({ handle }) => await handle.close()));
  }
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}
