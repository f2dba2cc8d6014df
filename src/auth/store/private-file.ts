import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { isSystemError, McpctlError, messageOf } from '../../core/errors.ts';

export interface PrivateFileRules {
  /** Whom the file may belong to besides the user: `root` for what an administrator provides. */
  readonly owners?: 'user' | 'user-or-root';
  /** False where a link is normal, as for mounted secrets. */
  readonly refuseLinks?: boolean;
  /** Permission bits that must not be set; those of group and others by default. */
  readonly forbidden?: number;
}

/**
 * The text of a file only its user can read or change; undefined when there is none.
 * @throws CREDENTIAL_FILE_UNSAFE when others can, or it belongs to somebody else. Windows is not checked: there the
 * folders of a user are closed by inheritance.
 */
export async function readPrivateFile(
  path: string,
  rules: PrivateFileRules = {},
): Promise<string | undefined> {
  let handle: FileHandle;
  try {
    const links = rules.refuseLinks === false ? 0 : (constants.O_NOFOLLOW ?? 0);
    handle = await open(path, constants.O_RDONLY | links);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    if (isSystemError(error, 'ELOOP')) throw unsafe(path, 'is a symbolic link', `ls -l ${path}`);
    throw unsafe(path, `cannot be read: ${messageOf(error)}`, `ls -l ${path}`);
  }
  try {
    refuseUnsafe(path, await handle.stat(), { file: true, ...rules });
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** Throws CREDENTIAL_FILE_UNSAFE when others can look into the folder; a missing one is fine. */
export async function refuseUnsafeFolder(path: string): Promise<void> {
  let stats: Stats;
  try {
    stats = await lstat(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return;
    throw error;
  }
  if (!stats.isDirectory()) throw unsafe(path, 'is not a folder', `ls -ld ${path}`);
  refuseUnsafe(path, stats, { file: false });
}

function refuseUnsafe(path: string, stats: Stats, rules: PrivateFileRules & { file: boolean }): void {
  const user = process.getuid?.();
  if (user === undefined) return;
  const owners = rules.owners === 'user-or-root' ? [user, 0] : [user];
  if (!owners.includes(stats.uid))
    throw unsafe(path, `belongs to another user (${stats.uid})`, `ls -ld ${path}`);
  if ((stats.mode & (rules.forbidden ?? 0o077)) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(3, '0');
    throw unsafe(
      path,
      `can be used by other users (mode ${mode})`,
      `chmod ${rules.file ? 600 : 700} ${path}`,
    );
  }
}

function unsafe(path: string, what: string, hint: string): McpctlError {
  return new McpctlError('CREDENTIAL_FILE_UNSAFE', `${path} ${what}, so it is not used.`, {
    hint,
    data: { path },
  });
}
