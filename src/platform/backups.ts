import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { isSystemError, McpctlError, messageOf } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { writeFileAtomic } from './atomic-write.ts';
import { followLinks } from './follow-links.ts';

/** What a file was like at one moment. */
export interface Backup {
  /** Sorts by time, e.g. `20260314T092653589-3f9a1c`. */
  readonly id: string;
  /** The file that was saved, absolute. */
  readonly path: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Of the content, in hex; `null` when there was no such file. */
  readonly sha256: string | null;
  /** Permission bits; `null` when there was no such file. */
  readonly mode: number | null;
  /** Bytes. */
  readonly size: number;
}

export interface Backups {
  /** Saves the file as it is; the newest backup is returned again when nothing changed since. */
  save(path: string): Promise<Backup>;
  /** Newest first; of all files, or of one. */
  list(path?: string): Promise<Backup[]>;
  /**
   * One backup with its content; undefined content when there was no file.
   * @throws BACKUP_NOT_FOUND, BACKUP_DAMAGED
   */
  read(id: string): Promise<{ backup: Backup; content: Buffer | undefined }>;
  /**
   * Puts a file back byte for byte, with its permissions, or removes it when it did not exist then. What it replaces
   * is saved first and named in `replaced`.
   * @throws BACKUP_NOT_FOUND, BACKUP_DAMAGED, FILE_CHANGED when another program writes meanwhile, FILE_UNWRITABLE.
   */
  restore(id: string): Promise<{ restored: Backup; replaced: Backup }>;
}

export interface BackupOptions {
  /** Usually `paths.backups`. */
  readonly folder: string;
  readonly now: () => Date;
  /** How many are kept of each file; 10 by default. */
  readonly keep?: number;
}

/** Backups of files mcpctl changes, readable by their owner only: content in `<id>.data`, facts in `<id>.json`. */
export function createBackups({ folder, now, keep = 10 }: BackupOptions): Backups {
  const list = async (path?: string): Promise<Backup[]> => {
    const wanted = path === undefined ? undefined : resolve(path);
    const found = (await readAll(folder)).filter((backup) => !wanted || backup.path === wanted);
    return found.sort((one, other) => (one.id < other.id ? 1 : -1));
  };

  const save = async (path: string): Promise<Backup> => {
    const absolute = resolve(path);
    const seen = await look(absolute);
    const previous = await list(absolute);
    const [newest] = previous;
    if (newest && newest.sha256 === seen.sha256 && newest.mode === seen.mode) return newest;
    const at = later(now(), newest);
    const id = `${at.toISOString().replaceAll(/[-:.Z]/g, '')}-${randomBytes(3).toString('hex')}`;
    const { content, ...facts } = seen;
    const backup: Backup = { id, path: absolute, at: at.toISOString(), ...facts };
    // The facts last: without them a backup does not count, so one broken off halfway is never offered.
    await writeFileAtomic(dataFile(folder, id), content, { exactMode: 0o600 });
    await writeFileAtomic(factsFile(folder, id), `${JSON.stringify(backup)}\n`, { exactMode: 0o600 });
    for (const { id: surplus } of previous.slice(keep - 1)) await discard(folder, surplus);
    return backup;
  };

  const read = async (id: string): Promise<{ backup: Backup; content: Buffer | undefined }> => {
    const backup = (await list()).find((candidate) => candidate.id === id);
    if (!backup) {
      throw new McpctlError('BACKUP_NOT_FOUND', `There is no backup ${JSON.stringify(id)}.`, {
        hint: 'See which there are: mcpctl config backups',
      });
    }
    return { backup, content: backup.sha256 === null ? undefined : await intact(folder, backup) };
  };

  const restore = async (id: string): Promise<{ restored: Backup; replaced: Backup }> => {
    // Read before saving: that may discard the oldest backup, which may be this one.
    const { backup: restored, content } = await read(id);
    const replaced = await save(restored.path);
    if (content === undefined) await remove(restored.path);
    else {
      await writeFileAtomic(restored.path, content, {
        expectedSha256: replaced.sha256,
        ...(restored.mode !== null && { exactMode: restored.mode }),
      });
    }
    return { restored, replaced };
  };

  return { save, list, read, restore };
}

type Seen = Pick<Backup, 'sha256' | 'mode' | 'size'> & { content: Buffer };

async function look(path: string): Promise<Seen> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (isSystemError(error, 'ENOENT'))
      return { content: Buffer.alloc(0), sha256: null, mode: null, size: 0 };
    throw unreadable(path, error);
  }
  try {
    const content = await handle.readFile();
    const { mode } = await handle.stat();
    return { content, sha256: digest(content), mode: mode & 0o7777, size: content.length };
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await handle.close();
  }
}

function unreadable(path: string, cause: unknown): McpctlError {
  return new McpctlError('FILE_UNREADABLE', `Could not read ${path} to back it up: ${messageOf(cause)}.`, {
    hint: `Check who may read it: ls -l ${path}`,
    cause,
    data: { path },
  });
}

async function intact(folder: string, backup: Backup): Promise<Buffer> {
  const file = dataFile(folder, backup.id);
  const content = await readFile(file).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw unreadable(file, error);
  });
  if (content && digest(content) === backup.sha256) return content;
  throw new McpctlError(
    'BACKUP_DAMAGED',
    `Backup ${backup.id} of ${backup.path} is not what was saved; ${backup.path} was left alone.`,
    { hint: 'Choose another one: mcpctl config backups', data: { path: backup.path, file } },
  );
}

async function remove(path: string): Promise<void> {
  try {
    await rm(await followLinks(path), { force: true });
  } catch (cause) {
    throw new McpctlError('FILE_UNWRITABLE', `Could not remove ${path}: ${messageOf(cause)}.`, {
      hint: `Remove it yourself: rm ${path}`,
      cause,
      data: { path },
    });
  }
}

async function readAll(folder: string): Promise<Backup[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  });
  const backups = await Promise.all(
    names
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .map(async (name) => {
        const text = await readFile(join(folder, name), 'utf8').catch((error: unknown) => {
          // Another process discarded it meanwhile.
          if (isSystemError(error, 'ENOENT')) return '';
          throw error;
        });
        return parse(text, name.slice(0, -'.json'.length));
      }),
  );
  return backups.filter((backup) => backup !== undefined);
}

function parse(text: string, id: string): Backup | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { path, at, sha256, mode, size } = value;
  const isFacts =
    value.id === id &&
    typeof path === 'string' &&
    isAbsolute(path) &&
    typeof at === 'string' &&
    (sha256 === null || typeof sha256 === 'string') &&
    (mode === null || typeof mode === 'number') &&
    typeof size === 'number';
  return isFacts ? { id, path, at, sha256, mode, size } : undefined;
}

/** Never before the newest backup, so that the order is right also when two fall into one millisecond. */
function later(now: Date, newest: Backup | undefined): Date {
  return new Date(Math.max(now.getTime(), newest ? Date.parse(newest.at) + 1 : 0));
}

async function discard(folder: string, id: string): Promise<void> {
  await rm(factsFile(folder, id), { force: true });
  await rm(dataFile(folder, id), { force: true });
}

function dataFile(folder: string, id: string): string {
  return join(folder, `${id}.data`);
}

function factsFile(folder: string, id: string): string {
  return join(folder, `${id}.json`);
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
