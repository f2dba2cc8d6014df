import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSystemError, McpctlError } from '../core/errors.ts';
import { writeFileAtomic } from '../platform/atomic-write.ts';
import { renamePatiently } from '../platform/rename.ts';
import type { PlannedFile } from './plan.ts';

/** What lies where the new server will be. */
export type Target = 'missing' | 'empty' | 'filled';

/** @throws NEW_SERVER_EXISTS when it is a file or a link */
export async function examineTarget(folder: string): Promise<Target> {
  try {
    const found = await lstat(folder);
    if (!found.isDirectory()) {
      throw new McpctlError('NEW_SERVER_EXISTS', `${folder} exists and is no folder.`, {
        hint: 'Choose another name.',
      });
    }
    return (await readdir(folder)).length === 0 ? 'empty' : 'filled';
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return 'missing';
    throw error;
  }
}

/**
 * Writes a new server. Into a folder that is missing or empty all files come at once: they are written beside it and
 * moved. With `force` files of the same names in a filled folder are replaced one by one, the others stay.
 * @throws NEW_SERVER_EXISTS, CANCELLED, FILE_UNWRITABLE
 */
export async function applyFiles(
  folder: string,
  files: readonly PlannedFile[],
  { force = false, signal }: { readonly force?: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const target = await examineTarget(folder);
  if (target === 'filled') {
    if (!force) throw filled(folder);
    await refuseLinks(folder, files);
    for (const { path, text } of files) {
      throwIfStopped(signal);
      await writeFileAtomic(join(folder, path), text, { mode: 0o644, folderMode: 0o755 });
    }
    return;
  }
  const aside = join(dirname(folder), `.${basename(folder)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    for (const { path, text } of files) {
      throwIfStopped(signal);
      await mkdir(dirname(join(aside, path)), { recursive: true });
      await writeFile(join(aside, path), text, { flag: 'wx', mode: 0o644 });
    }
    await moveTo(aside, folder, target);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

export function filled(folder: string): McpctlError {
  return new McpctlError('NEW_SERVER_EXISTS', `${folder} is not empty.`, {
    hint: 'Choose another name, or pass --force to replace the files of the same names.',
    data: { folder },
  });
}

async function moveTo(aside: string, folder: string, target: Target): Promise<void> {
  // Windows moves no folder over another one.
  if (target === 'empty' && process.platform === 'win32') await rm(folder, { recursive: true });
  try {
    await renamePatiently(aside, folder);
  } catch (error) {
    if (isSystemError(error, 'ENOTEMPTY', 'EEXIST')) throw filled(folder);
    throw error;
  }
}

/** A link in the folder could lead what is written out of it. */
async function refuseLinks(folder: string, files: readonly PlannedFile[]): Promise<void> {
  const places = new Set(files.flatMap(({ path }) => prefixes(path)));
  for (const place of places) {
    const found = await lstat(join(folder, place)).catch(() => undefined);
    if (!found?.isSymbolicLink()) continue;
    throw new McpctlError('NEW_SERVER_EXISTS', `${join(folder, place)} is a link; nothing was written.`, {
      hint: 'Remove the link, or choose another folder.',
    });
  }
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
function prefixes(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new McpctlError('CANCELLED', 'Stopped; what had begun was undone.');
}
