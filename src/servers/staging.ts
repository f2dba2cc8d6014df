import { mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import type { Paths } from '../platform/paths.ts';
import { identifyThisProcess, livenessOf, type ProcessIdentity } from '../platform/process-identity.ts';

const STAGING = '.staging';
/** Beside the work of an install: whose it is. */
const OWNER = 'owner.json';
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
    await writeFile(join(folder, OWNER), JSON.stringify(await identifyThisProcess()));
    const work = join(folder, 'work');
    await mkdir(work);
    return await body(work);
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
      if (await isLeftBehind(path)) await rm(path, { recursive: true, force: true });
    } catch (error) {
      // A program of the killed install may still be writing; then a later install takes it away.
      if (!isSystemError(error, 'ENOENT', 'ENOTEMPTY', 'EBUSY', 'EPERM', 'EACCES')) throw error;
    }
  }
}

async function isLeftBehind(folder: string): Promise<boolean> {
  const owner = await ownerOf(folder);
  const liveness = owner ? await livenessOf(owner) : 'unknown';
  if (liveness !== 'unknown') return liveness === 'dead';
  const { mtimeMs } = await stat(folder);
  return Date.now() - mtimeMs > STALE_AFTER;
}

/** Undefined while the owner has not written who it is, or was killed before it could. */
async function ownerOf(folder: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, OWNER), 'utf8')) as ProcessIdentity;
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
