import { type FileHandle, open } from 'node:fs/promises';
import { isSystemError } from '../core/errors.ts';

/** Makes the names in a folder durable: a file made, renamed or removed there survives a loss of power. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    // Some network and FUSE file systems cannot sync a folder, and a folder may be writable but not readable.
    if (!isSystemError(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EPERM', 'EACCES')) throw error;
  } finally {
    await handle?.close();
  }
}
