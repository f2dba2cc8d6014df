import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import type { Env } from '../platform/env.ts';

/** What git does with a file: in no repository, kept out of it, not yet in it, or in it. `unknown` without git. */
export type GitState = 'outside' | 'ignored' | 'untracked' | 'tracked' | 'unknown';

/** Asks git about `<folder>/<file>`, whether the file exists or not. */
export async function gitStateOf(folder: string, file: string, env: Env): Promise<GitState> {
  if (!(await isInRepository(folder))) return 'outside';
  const tracked = await git(folder, ['ls-files', '--error-unmatch', '--', file], env);
  if (tracked === 0) return 'tracked';
  const ignored = tracked === 1 ? await git(folder, ['check-ignore', '--quiet', '--', file], env) : undefined;
  if (ignored === 0) return 'ignored';
  return ignored === 1 ? 'untracked' : 'unknown';
}

async function isInRepository(folder: string): Promise<boolean> {
  for (let current = folder; ; current = dirname(current)) {
    try {
      await stat(join(current, '.git'));
      return true;
    } catch (error) {
      if (!isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES')) throw error;
    }
    if (dirname(current) === current) return false;
  }
}

/** The exit status, undefined when git could not be run. */
async function git(folder: string, args: string[], env: Env): Promise<number | undefined> {
  // A repository of another owner may be asked, but not run programs of its own choice.
  const safe = ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false'];
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...rest } = env;
  return await new Promise((resolve) => {
    execFile(
      'git',
      [...safe, ...args],
      { cwd: folder, env: rest, timeout: 10_000, windowsHide: true },
      (error) => {
        if (!error) resolve(0);
        else resolve(typeof error.code === 'number' ? error.code : undefined);
      },
    );
  });
}
