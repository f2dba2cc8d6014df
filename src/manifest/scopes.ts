import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import { PROJECT_MANIFEST } from '../platform/paths.ts';

/** Whose servers a manifest holds: this user's everywhere, or a project's. */
export type Scope = 'user' | 'project';

/** Where a project folder's manifest is, whether it exists or not. */
export function projectManifest(folder: string): string {
  return join(folder, ...PROJECT_MANIFEST);
}

/**
 * The manifest of the project `cwd` is in: the nearest on the way up. The search stops before `home` and at the
 * root of the file system, because a file there would make every folder part of one project.
 */
export async function findProjectManifest(cwd: string, home: string): Promise<string | undefined> {
  for (const folder of await projectFolders(cwd, home)) {
    const path = projectManifest(folder);
    if (await isFile(path)) return path;
  }
  return undefined;
}

/** `cwd` and the folders above it, nearest first, that may belong to a project: below `home`, never the root. */
export async function projectFolders(cwd: string, home: string): Promise<string[]> {
  // The system gives the working folder without links, while HOME may be one.
  const stops = new Set([resolve(home), await realpath(home).catch(() => resolve(home))]);
  const folders: string[] = [];
  for (
    let folder = resolve(cwd);
    !stops.has(folder) && dirname(folder) !== folder;
    folder = dirname(folder)
  ) {
    folders.push(folder);
  }
  return folders;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    // A folder nobody may look into cannot hold this user's project.
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return false;
    throw error;
  }
}
