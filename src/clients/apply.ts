import { mkdir, rm, rmdir, stat } from 'node:fs/promises';
import { isSystemError, McpctlError, messageOf } from '../core/errors.ts';
import { readTextFile } from '../documents/read.ts';
import { writeFileAtomic } from '../platform/atomic-write.ts';
import type { ClientAdapter } from './adapter.ts';
import type { FilePlan, SyncPlan } from './plan.ts';
import type { ClientProblem } from './problem.ts';
import type { SyncRecord } from './record.ts';
import { openSection } from './section.ts';

export interface ApplyPorts {
  /** Keeps a copy of the file before it changes. */
  save(path: string): Promise<unknown>;
  /** Changes what is remembered of written entries, under a lock. */
  updateRecord(change: (record: SyncRecord) => SyncRecord): Promise<unknown>;
  readonly signal?: AbortSignal;
}

export interface Applied {
  readonly written: readonly FilePlan[];
  /** Files that could not be written; each holds what it held before. */
  readonly failed: readonly { readonly plan: FilePlan; readonly problem: ClientProblem }[];
  /** Puts every written file and the record back, unless someone changed a file since. */
  undo(): Promise<void>;
}

/** Writes a plan file by file. A file that fails is put back and reported; the others are written all the same. */
export async function applySync(plan: SyncPlan, ports: ApplyPorts): Promise<Applied> {
  const written: FilePlan[] = [];
  const failed: { plan: FilePlan; problem: ClientProblem }[] = [];
  for (const filePlan of plan.files) {
    if (filePlan.isBlocked || filePlan.after === filePlan.file.text) continue;
    if (ports.signal?.aborted) {
      await undoAll(written);
      throw new McpctlError('CANCELLED', 'Stopped; the files already written were put back.');
    }
    try {
      await writeFile(filePlan, ports);
      written.push(filePlan);
    } catch (error) {
      if (!(error instanceof McpctlError)) throw error;
      const { code, message, hint } = error;
      const problem = { code, severity: 'error' as const, message, ...(hint !== undefined && { hint }) };
      failed.push({ plan: filePlan, problem });
    }
  }
  const remembered = plan.files.filter(
    (item) => !item.isBlocked && failed.every(({ plan }) => plan !== item),
  );
  let previous: SyncRecord = {};
  await ports.updateRecord((record) => {
    previous = record;
    return { ...record, ...Object.fromEntries(remembered.map(({ file, record: own }) => [file.path, own])) };
  });
  return {
    written,
    failed,
    undo: async () => {
      await undoAll(written);
      await ports.updateRecord((record) => ({ ...without(record, written), ...only(previous, written) }));
    },
  };
}

async function writeFile({ file, after, record }: FilePlan, { save }: ApplyPorts): Promise<void> {
  await withClientLocks(file.clients, file.path, async () => {
    if (file.exists) await save(file.path);
    const mode = file.scope === 'user' ? 0o600 : 0o644;
    const folderMode = file.scope === 'user' ? 0o700 : 0o755;
    await writeFileAtomic(file.path, after, { mode, folderMode, expectedSha256: file.sha256 });
    const { text, sha256 } = await readTextFile(file.path);
    const section = await openSection({ ...file, text, sha256, exists: true });
    const lost =
      'broken' in section ? [] : Object.keys(record.servers).filter((name) => !section.entries.has(name));
    if (!('broken' in section) && lost.length === 0) return;
    await putBack(file, sha256);
    throw new McpctlError(
      'CLIENT_FILE_BROKEN',
      `${file.path} did not read back as written; it was put back.`,
      {
        hint: 'Close programs that write this file, then run mcpctl sync again.',
      },
    );
  });
}

/** The file as it was, byte for byte. */
async function putBack(file: FilePlan['file'], expectedSha256: string | null): Promise<void> {
  if (file.exists) await writeFileAtomic(file.path, file.text, { expectedSha256 });
  else await rm(file.path, { force: true });
}

async function undoAll(written: readonly FilePlan[]): Promise<void> {
  for (const { file, after } of written.toReversed()) {
    const { text, sha256 } = await readTextFile(file.path);
    if (text !== after) continue;
    await withClientLocks(file.clients, file.path, () => putBack(file, sha256));
  }
}

function without(record: SyncRecord, written: readonly FilePlan[]): SyncRecord {
  const paths = new Set(written.map(({ file }) => file.path));
  return Object.fromEntries(Object.entries(record).filter(([path]) => !paths.has(path)));
}

function only(record: SyncRecord, written: readonly FilePlan[]): SyncRecord {
  const paths = new Set(written.map(({ file }) => file.path));
  return Object.fromEntries(Object.entries(record).filter(([path]) => paths.has(path)));
}

/** Holds the lock folders other writers of this file honour. */
async function withClientLocks(
  clients: readonly ClientAdapter[],
  path: string,
  body: () => Promise<void>,
): Promise<void> {
  const lock = clients.find(({ lockFolder }) => lockFolder)?.lockFolder;
  if (!lock) return await body();
  const folder = path + lock.suffix;
  await takeFolder(folder, lock.staleAfter);
  try {
    await body();
  } finally {
    await rmdir(folder).catch((error: unknown) => {
      if (!isSystemError(error, 'ENOENT')) throw error;
    });
  }
}

async function takeFolder(folder: string, staleAfter: number): Promise<void> {
  const deadline = Date.now() + staleAfter + 2_000;
  for (;;) {
    try {
      await mkdir(folder);
      return;
    } catch (error) {
      if (isSystemError(error, 'ENOENT'))
        await mkdir(folder.slice(0, lastSeparator(folder)), { recursive: true });
      else if (!isSystemError(error, 'EEXIST')) {
        throw new McpctlError('CLIENT_FILE_UNREADABLE', `Could not lock ${folder}: ${messageOf(error)}.`, {
          cause: error,
        });
      }
    }
    const info = await stat(folder).catch(() => undefined);
    if (info && Date.now() - info.mtimeMs > staleAfter) await rm(folder, { recursive: true, force: true });
    else if (info && Date.now() > deadline) {
      throw new McpctlError('CLIENT_FILE_UNREADABLE', `Another program keeps the lock ${folder}.`, {
        hint: 'Close the client, then run mcpctl sync again.',
      });
    } else if (info) await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function lastSeparator(path: string): number {
  return Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
}
