import { basename, dirname } from 'node:path';
import { McpctlError } from '../core/errors.ts';
import { lockPath, readLock } from '../manifest/lock.ts';
import type { Problem } from '../manifest/problem.ts';
import { findProjectManifest } from '../manifest/scopes.ts';
import { validateManifestFile } from '../manifest/validate.ts';
import { sha256OfFile } from '../platform/atomic-write.ts';
import type { Paths } from '../platform/paths.ts';
import { PROJECT_PLACES } from './places.ts';
import { findSettings } from './read.ts';
import { type SettingsRules, validateSettingsFile } from './validate.ts';

export interface CheckedFile {
  readonly path: string;
  readonly kind: 'manifest' | 'lock' | 'settings';
  readonly exists: boolean;
  readonly problems: readonly Problem[];
}

export interface CheckOptions extends SettingsRules {
  readonly paths: Pick<Paths, 'manifest' | 'settings' | 'home'>;
  /** Absolute. */
  readonly cwd: string;
  /** One file instead of all; absolute. What it is follows from its name. */
  readonly file?: string;
}

/**
 * Judges the files in force here: both manifests, their locks, the settings.
 * @throws FILE_UNREADABLE, also when `file` does not exist.
 */
export async function checkConfiguration({
  paths,
  cwd,
  file,
  ...rules
}: CheckOptions): Promise<CheckedFile[]> {
  if (file !== undefined) {
    const checked = await check(file, kindOf(file, paths), rules);
    if (checked.exists) return [checked];
    throw new McpctlError('FILE_UNREADABLE', `There is no file ${file}.`, { hint: 'mcpctl config path' });
  }
  const project = await findProjectManifest(cwd, paths.home);
  const manifests = [paths.manifest, ...(project ? [project] : [])];
  const settings = await findSettings({ paths, cwd });
  return await Promise.all([
    ...manifests.map((path) => check(path, 'manifest', rules)),
    ...manifests.map((path) => check(lockPath(path), 'lock', rules)),
    ...settings.map(({ path }) => check(path, 'settings', rules)),
  ]);
}

async function check(path: string, kind: CheckedFile['kind'], rules: SettingsRules): Promise<CheckedFile> {
  const exists = (await sha256OfFile(path).catch(() => 'unreadable')) !== null;
  return { path, kind, exists, problems: exists ? await problemsOf(path, kind, rules) : [] };
}

async function problemsOf(
  path: string,
  kind: CheckedFile['kind'],
  rules: SettingsRules,
): Promise<readonly Problem[]> {
  if (kind === 'manifest') return await validateManifestFile(path);
  if (kind === 'settings') return (await validateSettingsFile(path, rules)).problems;
  try {
    await readLock(path);
    return [];
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code !== 'LOCK_FILE_INVALID') throw error;
    const { message, hint = '' } = error;
    return [{ file: path, line: 1, column: 1, code: error.code, severity: 'error', message, hint }];
  }
}

function kindOf(file: string, paths: Pick<Paths, 'settings'>): CheckedFile['kind'] {
  if (basename(file) === 'mcpctl-lock.json') return 'lock';
  return PROJECT_PLACES.includes(basename(file)) || dirname(file) === paths.settings
    ? 'settings'
    : 'manifest';
}
