import { createHash, randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSystemError, McpctlError, messageOf } from '../core/errors.ts';
import { followLinks } from './follow-links.ts';
import { renamePatiently } from './rename.ts';
import { syncFolder } from './sync-folder.ts';

export interface AtomicWriteOptions {
  /** Permissions of a file that does not exist yet; 0600 by default. An existing file keeps its own. */
  readonly mode?: number;
  /** Permissions the file gets in any case, also when it exists. */
  readonly exactMode?: number;
  /** Permissions of missing folders above the file; 0700 by default. */
  readonly folderMode?: number;
  /** SHA-256 (hex) of the content the new one was made from; `null` when there was no file. */
  readonly expectedSha256?: string | null;
}

/**
 * Replaces a file so that readers, crashes and a full disk see the old content or the new, never a mixture.
 * Mode and owner of an existing file stay; symbolic links are followed, also to a file that does not exist yet.
 * A file that cannot be replaced (mounted on its own) is written in place, with a copy beside it until that worked.
 * @throws FILE_CHANGED when `expectedSha256` no longer fits; FILE_UNWRITABLE, the system's error as its cause.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  options: AtomicWriteOptions = {},
): Promise<void> {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  try {
    const target = await followLinks(path);
    await mkdir(dirname(target), { recursive: true, mode: options.folderMode ?? 0o700 });
    await removeAbandoned(target);
    await replace(target, bytes, options);
  } catch (error) {
    if (error instanceof McpctlError) throw error;
    throw new McpctlError('FILE_UNWRITABLE', `Could not write ${path}: ${reasonOf(error)}.`, {
      hint: hintFor(error, path),
      cause: error,
      data: { path, reason: codeOf(error) },
    });
  }
}

/** SHA-256 of a file's content in hex, `null` when there is no such file: what `expectedSha256` takes. */
export async function sha256OfFile(path: string): Promise<string | null> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

async function replace(target: string, bytes: Uint8Array, options: AtomicWriteOptions): Promise<void> {
  const old = await existing(target);
  if (old && !old.isFile()) {
    throw new McpctlError('FILE_UNWRITABLE', `${target} is not a regular file, so it was not replaced.`, {
      hint: `Move it away, then try again: ls -ld ${target}`,
      data: { path: target },
    });
  }
  const temporary = temporaryName(target);
  try {
    const keepsOwner = await writeNew(temporary, bytes, old, options);
    await refuseWhenChanged(target, options.expectedSha256);
    if (old && !keepsOwner) return await writeInPlace(target, bytes, old, options);
    if (options.expectedSha256 === null && (await createExclusively(temporary, target))) return;
    try {
      await renamePatiently(temporary, target);
    } catch (error) {
      // On Linux this is a file that is a mount point by itself, as containers get their configuration.
      if (!old || !isSystemError(error, 'EBUSY')) throw error;
      await writeInPlace(target, bytes, old, options);
    }
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(target));
}

async function existing(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Writes the complete new content; false when the owner of the old file could not be kept. */
async function writeNew(
  path: string,
  bytes: Uint8Array,
  old: Stats | undefined,
  { mode = 0o600, exactMode }: AtomicWriteOptions,
): Promise<boolean> {
  const handle = await open(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow,
    0o600,
  );
  try {
    await writeAll(handle, bytes);
    const keepsOwner = await keepOwner(handle, old);
    // After the owner: changing that clears set-user-id bits. Not by open(), whose mode the umask cuts.
    if (process.platform !== 'win32') await handle.chmod(exactMode ?? (old ? old.mode & 0o7777 : mode));
    await handle.sync();
    return keepsOwner;
  } finally {
    await handle.close();
  }
}

async function keepOwner(handle: FileHandle, old: Stats | undefined): Promise<boolean> {
  if (!old || process.platform === 'win32') return true;
  const { uid, gid } = await handle.stat();
  if (uid === old.uid && gid === old.gid) return true;
  try {
    await handle.chown(old.uid, old.gid);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EPERM', 'EINVAL')) return false;
    throw error;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, written);
    if (bytesWritten === 0) throw new Error('the system wrote nothing');
    written += bytesWritten;
  }
}

async function refuseWhenChanged(target: string, expected: string | null | undefined): Promise<void> {
  if (expected === undefined || (await sha256OfFile(target)) === expected) return;
  const what = expected === null ? 'appeared' : 'was changed by another program';
  throw new McpctlError('FILE_CHANGED', `${target} ${what} while it was being edited; nothing was written.`, {
    hint: 'Run the command again: it starts from the new content.',
    data: { path: target },
  });
}

/** Publishes a file that must not exist yet; false where hard links are missing. */
async function createExclusively(temporary: string, target: string): Promise<boolean> {
  try {
    await link(temporary, target);
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) await refuseWhenChanged(target, null);
    return false;
  }
  await syncFolder(dirname(target));
  return true;
}

async function writeInPlace(
  target: string,
  bytes: Uint8Array,
  old: Stats,
  { exactMode }: AtomicWriteOptions,
): Promise<void> {
  const before = await readFile(target);
  const copy = join(
    dirname(target),
    `.${shortName(target)}.${Date.now()}.${randomBytes(6).toString('hex')}.bak`,
  );
  await writeNew(copy, before, undefined, {});
  const handle = await open(target, constants.O_RDWR | noFollow);
  try {
    await overwrite(handle, bytes);
    if (exactMode !== undefined && exactMode !== (old.mode & 0o7777)) await handle.chmod(exactMode);
  } catch (error) {
    await overwrite(handle, before).catch((cause: unknown) => {
      throw new McpctlError(
        'FILE_UNWRITABLE',
        `Writing ${target} broke off (${reasonOf(error)}) and its old content could not be put back.`,
        { hint: `The old content is in ${copy}`, cause, data: { path: target, copy } },
      );
    });
    await rm(copy, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await rm(copy, { force: true });
}

async function overwrite(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  await writeAll(handle, bytes);
  await handle.truncate(bytes.length);
  await handle.sync();
}

const noFollow = constants.O_NOFOLLOW ?? 0;
const TEMPORARY = /^\.(.+)\.(\d+)\.[0-9a-f]{12}\.tmp$/;
/** Another container may write the same folder under pids that mean nothing here; a write takes less than this. */
const GRACE_MS = 10_000;
/** A pid that runs may be a new process with an old number. */
const LONG_MS = 3_600_000;

function temporaryName(target: string): string {
  return join(dirname(target), `.${shortName(target)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
}

/** The file's name, cut so that the longer temporary name still fits the 255 bytes file systems allow. */
function shortName(target: string): string {
  const name = basename(target);
  return Buffer.byteLength(name) <= 200 ? name : [...name].slice(0, 50).join('');
}

/** Removes temporary files of this target whose writer was killed: they may hold secrets. */
async function removeAbandoned(target: string): Promise<void> {
  const folder = dirname(target);
  const names = await readdir(folder).catch((error: unknown) => {
    if (isSystemError(error, 'EACCES', 'EPERM')) return [];
    throw error;
  });
  for (const name of names) {
    const [, of, pid] = TEMPORARY.exec(name) ?? [];
    if (of !== shortName(target)) continue;
    const path = join(folder, name);
    const written = await stat(path).catch(() => undefined);
    if (!written) continue;
    const age = Date.now() - written.mtimeMs;
    if (age > LONG_MS || (age > GRACE_MS && !runs(Number(pid)))) await rm(path, { force: true });
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isSystemError(error, 'ESRCH');
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function reasonOf(error: unknown): string {
  if (isSystemError(error, 'ENOSPC', 'EDQUOT')) return `the disk is full (${error.code})`;
  if (isSystemError(error, 'EACCES', 'EPERM')) return `permission denied (${error.code})`;
  if (isSystemError(error, 'EROFS')) return 'the file system is read-only (EROFS)';
  if (isSystemError(error, 'ELOOP')) return 'its symbolic links lead in a circle (ELOOP)';
  return messageOf(error);
}

function hintFor(error: unknown, path: string): string {
  if (isSystemError(error, 'ENOSPC', 'EDQUOT')) return `Make room, then try again: df -h ${dirname(path)}`;
  if (isSystemError(error, 'ELOOP')) return `Remove the circular link: ls -l ${path}`;
  return `Check who may write there: ls -ld ${dirname(path)} ${path}`;
}
