import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../core/errors.ts';
import { writeFileAtomic } from '../platform/atomic-write.ts';
import type { Env } from '../platform/env.ts';
import { withFileLock } from '../platform/file-lock.ts';
import { dotenvPath, parseDotenv, readDotenvText } from './dotenv.ts';
import { removeVariable, setVariable } from './dotenv-edit.ts';
import { gitStateOf } from './git.ts';

export interface DotenvPlace {
  readonly projectFolder: string;
  readonly locks: string;
  readonly env: Env;
  readonly signal?: AbortSignal;
}

export interface DotenvChange {
  readonly path: string;
  /** What was done besides, for people. */
  readonly notes: string[];
}

const FILE = '.env';
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Writes one variable into the project's `.env`, readable by its owner alone, after keeping the file out of git.
 * @throws SECRET_IN_GIT when git tracks the file; SECRET_UNSUITABLE; FILE_CHANGED; FILE_UNWRITABLE.
 */
export async function writeDotenv(place: DotenvPlace, name: string, value: string): Promise<DotenvChange> {
  await checkDotenv(place, name, value);
  const notes = await keepOutOfGit(place);
  await change(place, (text) => setVariable(text, name, value));
  return { path: dotenvPath(place.projectFolder), notes };
}

/** Throws what `writeDotenv` would throw before writing anything. */
export async function checkDotenv(place: DotenvPlace, name: string, value: string): Promise<void> {
  if (!NAME.test(name)) {
    throw new McpctlError(
      'SECRET_UNSUITABLE',
      `${JSON.stringify(name)} cannot be the name of a variable in .env.`,
      {
        hint: 'Use letters, digits and underscores, beginning with a letter, e.g. LINEAR_API_KEY.',
      },
    );
  }
  const path = dotenvPath(place.projectFolder);
  if ((await gitStateOf(place.projectFolder, FILE, place.env)) === 'tracked') {
    throw new McpctlError('SECRET_IN_GIT', `${path} is tracked by git, so no secret was written into it.`, {
      hint: `Stop tracking it: git -C ${place.projectFolder} rm --cached .env\nOr keep the value in the keychain: mcpctl secret set ${name}`,
      data: { path, name },
    });
  }
  setVariable((await readDotenvText(place.projectFolder)) ?? '', name, value);
}

/** Removes a variable; false when it was not there. */
export async function removeFromDotenv(place: DotenvPlace, name: string): Promise<boolean> {
  const text = await readDotenvText(place.projectFolder);
  if (text === undefined || !parseDotenv(text).has(name)) return false;
  await change(place, (current) => removeVariable(current, name));
  return true;
}

async function change(
  { projectFolder, locks, signal }: DotenvPlace,
  edit: (text: string) => string,
): Promise<void> {
  const path = dotenvPath(projectFolder);
  await withFileLock({ folder: locks, name: path, signal }, async () => {
    const text = await readDotenvText(projectFolder);
    const changed = edit(text ?? '');
    if (changed === text) return;
    const expectedSha256 = text === undefined ? null : createHash('sha256').update(text).digest('hex');
    await writeFileAtomic(path, changed, { exactMode: 0o600, expectedSha256 });
  });
}

/** Adds `.env` to the project's `.gitignore` unless git ignores it already; says what it did. */
async function keepOutOfGit({ projectFolder, locks, env, signal }: DotenvPlace): Promise<string[]> {
  const state = await gitStateOf(projectFolder, FILE, env);
  if (state === 'ignored') return [];
  const path = join(projectFolder, '.gitignore');
  const added = await withFileLock({ folder: locks, name: path, signal }, async () => {
    const text = await readText(path);
    const lines = text?.split(/\r?\n/).map((line) => line.trim()) ?? [];
    if (lines.includes(FILE) || lines.includes(`/${FILE}`)) return false;
    const end = text?.includes('\r\n') ? '\r\n' : '\n';
    const gap = text === undefined || text === '' || text.endsWith('\n') ? '' : end;
    await writeFileAtomic(path, `${text ?? ''}${gap}${FILE}${end}`, { mode: 0o644 });
    return true;
  });
  return [
    ...(added ? [`Added .env to ${path}, so that git leaves it alone.`] : []),
    ...(state === 'unknown'
      ? ['git could not be asked whether it tracks .env; check with: git ls-files .env']
      : []),
  ];
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}
