import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../../core/errors.ts';
import { isRecord, type JsonObject } from '../../../core/json.ts';
import type { Machine } from '../../machine.ts';
import { runNpm } from '../../npm/npm.ts';
import { withStaging } from '../../staging.ts';
import { type Collected, collectFiles } from './collect.ts';
import type { IsIgnored } from './ignored.ts';

export interface Packages extends Collected {
  /** False where no lock file says which versions: the same project may give another bundle tomorrow. */
  readonly isLocked: boolean;
}

/**
 * The packages a project needs to run, installed apart from it as its lock file says, without those of development
 * and without running their scripts. What is installed in the project itself does not count.
 * @throws what npm reports, e.g. REGISTRY_UNREACHABLE, PACKAGE_NOT_FOUND, INTEGRITY_MISMATCH.
 */
export async function productionPackages(
  { folder, file, name }: { readonly folder: string; readonly file: JsonObject; readonly name: string },
  isIgnored: IsIgnored,
  machine: Machine,
): Promise<Packages> {
  const { dependencies, optionalDependencies } = file;
  const wanted = [dependencies, optionalDependencies].flatMap((each) =>
    isRecord(each) ? Object.keys(each) : [],
  );
  if (wanted.length === 0) return { files: [], ignored: 0, isLocked: true };
  return await withStaging(machine.paths, async (staging) => {
    // Its scripts and workspaces stay out of it.
    const { scripts, workspaces, ...rest } = file;
    void [scripts, workspaces];
    await writeFile(join(staging, 'package.json'), JSON.stringify(rest));
    const isLocked = await copyIfThere(folder, staging, 'package-lock.json');
    await copyIfThere(folder, staging, '.npmrc');
    await runNpm(
      {
        args: [isLocked ? 'ci' : 'install', '--prefer-offline'],
        cwd: staging,
        purpose: `install the packages ${name} needs to run`,
      },
      machine,
    );
    return { ...(await collectFiles(staging, isIgnored, { start: 'node_modules' })), isLocked };
  });
}

async function copyIfThere(from: string, to: string, name: string): Promise<boolean> {
  try {
    await copyFile(join(from, name), join(to, name));
    return true;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
}
