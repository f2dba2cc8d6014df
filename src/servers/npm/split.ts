import { copyFile, link, mkdir, readdir, readlink, rename, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { type LockedPackage, nameAt, type PackageLock } from './lockfile.ts';

export interface Split {
  /** Project folder whose `node_modules` holds everything. */
  readonly from: string;
  /** Folder that gets its own `node_modules`. */
  readonly to: string;
  /** Locations to bring over. */
  readonly locations: readonly string[];
  readonly lock: PackageLock;
  /** Locations no later split needs: moved instead of linked. */
  readonly isLastUse: (location: string) => boolean;
}

/**
 * Gives one server its own tree out of a shared one: packages keep their locations, so modules resolve as before.
 * Files are hard-linked where another server needs them too and the disk allows it, else copied.
 */
export async function splitTree({ from, to, locations, lock, isLastUse }: Split): Promise<void> {
  // Outer packages first: moving one takes its folder, and nested packages follow into it.
  for (const location of [...locations].sort((a, b) => a.length - b.length)) {
    await bring(join(from, location), join(to, location), isLastUse(location));
  }
  for (const location of locations) {
    const bin = lock.packages[location]?.bin;
    if (bin) await bringPrograms(from, to, location, bin);
  }
}

async function bring(from: string, to: string, move: boolean): Promise<void> {
  let entries: import('node:fs').Dirent[];
  try {
    entries = await readdir(from, { withFileTypes: true });
  } catch (error) {
    // An optional package for another platform stands in the lock but not on the disk.
    if (isSystemError(error, 'ENOENT')) return;
    throw error;
  }
  if (move && !entries.some(({ name }) => name === 'node_modules')) {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
    return;
  }
  await mkdir(to, { recursive: true });
  for (const entry of entries) {
    if (entry.name === 'node_modules') continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (move) await rename(source, target);
    else if (entry.isDirectory()) await bring(source, target, false);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await linkOrCopy(source, target);
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!isSystemError(error, 'EPERM', 'EXDEV', 'EMLINK', 'ENOTSUP', 'EACCES')) throw error;
    await copyFile(from, to);
  }
}

/** Programs of dependencies, as npm lays them out: links on POSIX, small scripts on Windows. */
async function bringPrograms(
  from: string,
  to: string,
  location: string,
  bin: NonNullable<LockedPackage['bin']>,
): Promise<void> {
  const folder = join(location.slice(0, location.length - nameAt(location).length), '.bin');
  await mkdir(join(to, folder), { recursive: true });
  for (const program of Object.keys(bin)) {
    for (const name of [program, `${program}.cmd`, `${program}.ps1`]) {
      const [source, target] = [join(from, folder, name), join(to, folder, name)];
      try {
        await symlink(await readlink(source), target);
      } catch (error) {
        if (isSystemError(error, 'EINVAL')) await linkOrCopy(source, target);
        else if (!isSystemError(error, 'ENOENT', 'EEXIST')) throw error;
      }
    }
  }
}
