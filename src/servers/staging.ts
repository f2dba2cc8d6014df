import { mkdir, mkdtemp, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import type { Paths } from '../platform/paths.ts';

const STAGING = '.staging';
const STALE_AFTER = 24 * 3600 * 1000;

/**
 * Gives `body` an empty folder on the same disk as the installed servers and removes it afterwards, whatever
 * happened. What is finished leaves it by `putInPlace`, so that nothing half-made ever stands where a server belongs.
 */
export async function withStaging<T>(
  paths: Pick<Paths, 'servers'>,
  body: (folder: string) => Promise<T>,
): Promise<T> {
  const base = join(paths.servers, STAGING);
  await mkdir(base, { recursive: true, mode: 0o700 });
  await sweep(base);
  const folder = await mkdtemp(join(base, 'install-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    await removeIfEmpty(base);
  }
}

/** Moves a finished folder to its place, replacing what stood there. Returns what takes the move back. */
export async function putInPlace(finished: string, target: string): Promise<{ undo(): Promise<void> }> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const former = `${finished}.former`;
  const replaced = await moveIfThere(target, former);
  await rename(finished, target);
  if (replaced) await rm(former, { recursive: true, force: true, maxRetries: 3 });
  return {
    undo: async () => {
      await rm(target, { recursive: true, force: true, maxRetries: 3 });
      await removeIfEmpty(dirname(target));
    },
  };
}

async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Removes a folder that holds nothing; leaves any other as it is. */
export async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EBUSY')) throw error;
  }
}

/** Takes away what killed installs left behind. */
async function sweep(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    const path = join(base, name);
    try {
      const { mtimeMs } = await stat(path);
      if (Date.now() - mtimeMs > STALE_AFTER) await rm(path, { recursive: true, force: true });
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw error;
    }
  }
}
