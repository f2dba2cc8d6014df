import type { Context } from '../../cli/context.ts';
import { unifiedDiff } from '../../cli/diff.ts';
import { createConcealer } from '../../documents/conceal.ts';
import type { Dialect } from '../../documents/document.ts';
import { sha256OfFile } from '../../platform/atomic-write.ts';
import { createBackups } from '../../platform/backups.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { followLinks } from '../../platform/follow-links.ts';

type Machine = Pick<Context, 'paths' | 'now' | 'signal' | 'output'>;

export interface RestorePlan {
  /** Absolute. */
  readonly path: string;
  readonly changes: boolean;
  /** True when there was no file, so that restoring removes the one there is. */
  readonly removes: boolean;
  /** For people, secrets hidden; empty when only bytes differ that a diff cannot show. */
  readonly diff: string;
}

/** What restoring a backup would do. @throws BACKUP_NOT_FOUND, BACKUP_DAMAGED, FILE_UNREADABLE */
export async function planRestore(id: string, { paths, now, output }: Machine): Promise<RestorePlan> {
  const { backup, content } = await createBackups({ folder: paths.backups, now }).read(id);
  const { path } = backup;
  const { readFile } = await import('node:fs/promises');
  const seen = await sha256OfFile(path);
  const before = seen === null ? '' : await readFile(path, 'utf8');
  const after = content?.toString('utf8') ?? '';
  const dialect = dialectOf(path);
  const conceal = await createConcealer([before, after].map((text) => ({ text, dialect })));
  return {
    path,
    changes: seen !== backup.sha256,
    removes: backup.sha256 === null,
    diff: await unifiedDiff({ path, before, after, conceal }, output.style),
  };
}

/** Restores under the file's lock; returns the id of the backup of what was replaced. */
export async function restoreBackup(
  id: string,
  path: string,
  { paths, now, signal }: Machine,
): Promise<string> {
  const name = await followLinks(path).catch(() => path);
  return await withFileLock({ folder: paths.locks, name, signal }, async () => {
    const { replaced } = await createBackups({ folder: paths.backups, now }).restore(id);
    return replaced.id;
  });
}

function dialectOf(path: string): Dialect {
  const format = path.endsWith('.toml') ? 'toml' : /\.ya?ml$/.test(path) ? 'yaml' : 'jsonc';
  return { format, allowComments: true, allowTrailingCommas: true, allowByteOrderMark: true };
}
