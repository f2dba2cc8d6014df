import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isThere } from './is-there.ts';
import { runIn } from './run-in.ts';

const FLAGS = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock'];

export interface Installation {
  /** Where it is kept; absolute. */
  readonly folder: string;
  /** What is needed of it, below `node_modules`. */
  readonly file: string;
  /** Packages to install, besides those of a `package.json`. */
  readonly words: readonly string[];
  /** Fills the folder before npm runs in it. */
  prepare?(aside: string): Promise<void>;
}

/** Installs npm packages unless they are there; returns the absolute path of the file. */
export async function installOnce({ folder, file, words, prepare }: Installation): Promise<string> {
  const path = join(folder, 'node_modules', file);
  if (await isThere(path)) return path;
  await mkdir(dirname(folder), { recursive: true });
  // Installed aside and moved: another worker may be doing the same.
  const aside = await mkdtemp(join(dirname(folder), 'install-'));
  await prepare?.(aside);
  const { status, output } = await runIn(aside, 'npm', ['install', '--prefix', aside, ...FLAGS, ...words]);
  if (status !== 0) throw new Error(`npm could not install ${words.join(' ')}\n${output}`);
  await rename(aside, folder).catch(async (error: unknown) => {
    await rm(aside, { recursive: true, force: true });
    if (!(await isThere(path))) throw error;
  });
  return path;
}
