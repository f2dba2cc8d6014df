import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../../core/errors.ts';
import { isRecord, type Json, type JsonObject } from '../../../core/json.ts';
import type { Machine } from '../../machine.ts';
import { runNpm } from '../../npm/npm.ts';
import { readProjectJson } from '../../project/file.ts';
import { withStaging } from '../../staging.ts';
import { type Collected, collectFiles } from './collect.ts';
import type { IsIgnored } from './ignored.ts';

const LOCK = 'package-lock.json';

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
    // Its scripts and workspaces stay out of it, and what is for development alone, which could only fail.
    const { scripts, workspaces, devDependencies, ...rest } = file;
    void [scripts, workspaces, devDependencies];
    await writeFile(join(staging, 'package.json'), JSON.stringify(rest));
    const lock = await readProjectJson(folder, LOCK);
    const isLocked = lock !== undefined;
    if (isLocked) await writeFile(join(staging, LOCK), JSON.stringify(withoutDevelopment(lock)));
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

/** A lock file as npm would have written it for the packages that are needed to run. */
function withoutDevelopment(lock: JsonObject): JsonObject {
  const { packages } = lock;
  // Lock files of npm 6 have no such list; npm takes them as they are.
  if (!isRecord(packages)) return lock;
  const kept = Object.entries(packages as JsonObject).flatMap(([path, one]): [string, Json][] => {
    if (!isRecord(one) || one.dev === true) return [];
    const { devDependencies, ...rest } = one as JsonObject;
    void devDependencies;
    return [[path, path === '' ? rest : (one as JsonObject)]];
  });
  return { ...lock, packages: Object.fromEntries(kept) };
}

async function copyIfThere(from: string, to: string, name: string): Promise<void> {
  try {
    await copyFile(join(from, name), join(to, name));
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
  }
}
