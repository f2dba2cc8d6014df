import { dirname, join } from 'node:path';
import { McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { readTextFile, type TextFile } from '../documents/read.ts';
import type { Paths } from '../platform/paths.ts';
import type { Lock } from './lock-schema.ts';
import { flawOfLock } from './structure.ts';

/** The lock file that belongs to a manifest: beside it. */
export function lockPath(manifestPath: string): string {
  return join(dirname(manifestPath), 'mcpctl-lock.json');
}

/**
 * Reads the lock of a manifest; a missing file is an empty lock. Light: no schema library.
 * @throws LOCK_FILE_INVALID, FILE_UNREADABLE.
 */
export async function readLock(manifestPath: string): Promise<Lock> {
  return (await readLockFile(lockPath(manifestPath))).lock;
}

export interface LockUpdate {
  readonly paths: Pick<Paths, 'locks'>;
  readonly signal?: AbortSignal;
}

/**
 * Changes the lock of a manifest under a file lock: `change` returns the new one. Keys
 * are sorted, so that two machines write the same bytes. Returns what was written.
 * @throws LOCK_FILE_INVALID also when the result would not be valid; FILE_CHANGED, FILE_UNWRITABLE, LOCK_TIMEOUT.
 */
export async function updateLock(
  manifestPath: string,
  change: (lock: Lock) => Lock,
  { paths, signal }: LockUpdate,
): Promise<Lock> {
  const path = lockPath(manifestPath);
  // Readers of the lock, `list` and `run` among them, start faster without what writing needs.
  const [{ writeFileAtomic }, { withFileLock }] = await Promise.all([
    import('../platform/atomic-write.ts'),
    import('../platform/file-lock.ts'),
  ]);
  return await withFileLock({ folder: paths.locks, name: path, ...(signal && { signal }) }, async () => {
    const { lock, file } = await readLockFile(path);
    const changed = change(lock);
    const { lockSchema } = await import('./lock-schema.ts');
    const checked = lockSchema.safeParse(changed);
    if (!checked.success) {
      const [issue] = checked.error.issues;
      throw invalid(path, `${issue?.path.join('.') ?? ''} would be wrong (${issue?.message ?? ''})`);
    }
    const printed = printLock(changed);
    if (printed !== file.text) {
      await writeFileAtomic(path, printed, { expectedSha256: file.sha256, mode: 0o644 });
    }
    return changed;
  });
}

/** The lock as it stands in the file: sorted keys, two spaces, a final line end. */
export function printLock(lock: Lock): string {
  return `${JSON.stringify(sorted(lock), null, 2)}\n`;
}

async function readLockFile(path: string): Promise<{ lock: Lock; file: TextFile }> {
  const file = await readTextFile(path);
  const { text, exists } = file;
  if (!exists) return { lock: { lockfileVersion: 1, servers: {} }, file };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(path, await placeOf(text), error);
  }
  const flaw = flawOfLock(value);
  if (flaw) throw invalid(path, flaw);
  return { lock: value as Lock, file };
}

async function placeOf(text: string): Promise<string> {
  if (/^(<{7}|={7}|>{7})/m.test(text)) return 'it holds merge conflict markers';
  const { openJson } = await import('../documents/jsonc.ts');
  const dialect = {
    format: 'json',
    allowComments: false,
    allowTrailingCommas: false,
    allowByteOrderMark: false,
  } as const;
  const [problem] = openJson(text, dialect).problems;
  return problem ? `line ${problem.line}, column ${problem.column}: ${problem.message}` : 'it is empty';
}

function invalid(path: string, reason: string, cause?: unknown): McpctlError {
  return new McpctlError('LOCK_FILE_INVALID', `The lock file ${path} cannot be used: ${reason}.`, {
    hint: `Restore it from git, or delete it and lock the servers again: mcpctl add <server>`,
    cause,
    data: { file: path },
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
