import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { McpctlError } from '../../core/errors.ts';
import { installFolder } from '../install-folder.ts';
import type { Machine } from '../machine.ts';
import { putInPlace, withStaging } from '../staging.ts';
import { checkTree, type PackageFiles, readRecord, recordTree } from '../tree.ts';
import {
  lockFileText,
  type PackageLock,
  type Project,
  parsePackageLock,
  projectFile,
  subsetOf,
} from './lockfile.ts';
import { runNpm } from './npm.ts';
import type { NpmResolution, Outcome } from './resolve.ts';
import { splitTree } from './split.ts';

export interface NpmInstall {
  readonly name: string;
  readonly resolution: NpmResolution;
}

export interface Installed {
  /** Absolute folder that holds the server; undefined when nothing is kept on the disk for it. */
  readonly folder?: string;
  /** True when it stood there before. */
  readonly wasThere: boolean;
  /** Takes the installation back. */
  undo(): Promise<void>;
}

/**
 * Installs servers, each into its own folder with its own lock. Servers resolved together are fetched by one npm run
 * and then parted; when that run fails each gets its own, so that one bad package does not sink the others.
 */
export async function installNpm(
  installs: readonly NpmInstall[],
  machine: Machine,
): Promise<Outcome<Installed>[]> {
  const results = new Map<NpmInstall, Outcome<Installed>>();
  const missing: NpmInstall[] = [];
  for (const install of installs) {
    const folder = folderOf(install, machine);
    if (isIntact(install, folder))
      results.set(install, { ok: true, value: { folder, wasThere: true, undo: nothing } });
    else missing.push(install);
  }
  for (const group of groups(missing)) {
    for (const [install, outcome] of await installGroup(group, machine)) results.set(install, outcome);
  }
  return installs.map((install) => results.get(install) as Outcome<Installed>);
}

const nothing = async (): Promise<void> => {};

function folderOf({ name, resolution }: NpmInstall, { paths, platform }: Machine): string {
  return installFolder(paths, name, resolution.source.version, platform);
}

function isIntact({ name, resolution }: NpmInstall, folder: string): boolean {
  const record = readRecord(folder);
  // Approved scripts may not have run in what stands there.
  if (!record || resolution.source.scripts) return false;
  if (resolution.runtimeAlias !== undefined && record.runtime === undefined) return false;
  try {
    checkTree({ name, folder, record, integrity: resolution.source.integrity, isFull: true });
    return true;
  } catch (error) {
    if (error instanceof McpctlError && error.code === 'INTEGRITY_MISMATCH') return false;
    throw error;
  }
}

/** Installs that share one worked-out tree and may share one npm run. */
function groups(installs: readonly NpmInstall[]): NpmInstall[][] {
  const found: NpmInstall[][] = [];
  for (const install of installs) {
    const group = found.find(
      ([first]) =>
        first?.resolution.batch === install.resolution.batch ||
        first?.resolution.batch.lock === install.resolution.batch.lock,
    );
    if (group) group.push(install);
    else found.push([install]);
  }
  return found;
}

async function installGroup(
  group: readonly NpmInstall[],
  machine: Machine,
): Promise<Map<NpmInstall, Outcome<Installed>>> {
  const outcomes = new Map<NpmInstall, Outcome<Installed>>();
  try {
    for (const [install, value] of await fetchTogether(group, machine))
      outcomes.set(install, { ok: true, value });
    return outcomes;
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
    const [only] = group;
    if (only && group.length === 1) return outcomes.set(only, { ok: false, error });
  }
  for (const install of group) {
    for (const [each, outcome] of await installGroup([install], machine)) outcomes.set(each, outcome);
  }
  return outcomes;
}

async function fetchTogether(
  group: readonly NpmInstall[],
  machine: Machine,
): Promise<Map<NpmInstall, Installed>> {
  return await withStaging(machine.paths, async (staging) => {
    const shared = join(staging, 'shared');
    await mkdir(shared);
    const projects = new Map(group.map((install) => [install, projectOf([install])]));
    const lock = subsetOf(lockOf(group), projectOf(group));
    await writeProject(shared, projectOf(group), lock);
    const names = group.map(({ resolution: { source } }) => `${source.package}@${source.version}`).join(', ');
    await runNpm({ args: ['ci', '--prefer-offline'], cwd: shared, purpose: `install ${names}` }, machine);
    await compareWithLock(shared, group, lock);
    await runApprovedScripts(shared, group, machine);
    const finished = await part({ shared, staging, group, projects, lock });
    const installed = new Map<NpmInstall, Installed>();
    for (const [install, folder] of finished) {
      const target = folderOf(install, machine);
      const { undo } = await putInPlace(folder, target);
      installed.set(install, { folder: target, wasThere: false, undo });
    }
    return installed;
  });
}

function lockOf(group: readonly NpmInstall[]): PackageLock {
  const [first] = group;
  if (!first) throw new McpctlError('INTERNAL', 'There is nothing to install.');
  return first.resolution.batch.lock;
}

function projectOf(group: readonly NpmInstall[]): Project {
  const dependencies: Record<string, string> = {};
  for (const { resolution } of group) {
    const { source, runtime, runtimeAlias } = resolution;
    dependencies[source.package] = source.version;
    if (runtime && runtimeAlias) dependencies[runtimeAlias] = `npm:${runtime.package}@${runtime.version}`;
  }
  const [only] = group;
  return { name: only && group.length === 1 ? `mcpctl-server-${only.name}` : 'mcpctl-servers', dependencies };
}

async function writeProject(folder: string, project: Project, lock: PackageLock): Promise<void> {
  await writeFile(join(folder, 'package.json'), projectFile(project));
  await writeFile(join(folder, 'package-lock.json'), lockFileText(lock, project.name));
}

/** What npm says it put on the disk must be what the registry promised, for every package. */
async function compareWithLock(
  folder: string,
  group: readonly NpmInstall[],
  lock: PackageLock,
): Promise<void> {
  const tree = parsePackageLock(await readFile(join(folder, 'node_modules', '.package-lock.json'), 'utf8'));
  for (const [location, { version, integrity }] of Object.entries(tree?.packages ?? {})) {
    const promised = lock.packages[location];
    if (!promised || promised.version !== version || promised.integrity !== integrity) {
      throw new McpctlError('INTEGRITY_MISMATCH', `npm installed another ${location} than was locked.`, {
        hint: 'Run npm cache verify, then try again.',
      });
    }
  }
  for (const { resolution } of group) {
    if (!tree?.packages[`node_modules/${resolution.source.package}`]) {
      throw new McpctlError(
        'INSTALL_FAILED',
        `npm ended well but did not install ${resolution.source.package}.`,
      );
    }
  }
}

async function runApprovedScripts(
  folder: string,
  group: readonly NpmInstall[],
  machine: Machine,
): Promise<void> {
  const approved = group.filter(({ resolution }) => resolution.source.scripts);
  const scripted = [...new Set(approved.flatMap(({ resolution }) => resolution.scripted))];
  if (scripted.length === 0) return;
  await runNpm(
    {
      args: ['rebuild', ...scripted],
      cwd: folder,
      purpose: `run the install scripts of ${scripted.join(', ')}`,
      scripts: true,
    },
    machine,
  );
}

interface Parting {
  readonly shared: string;
  readonly staging: string;
  readonly group: readonly NpmInstall[];
  readonly projects: ReadonlyMap<NpmInstall, Project>;
  readonly lock: PackageLock;
}

/** Gives each server its own folder, ready to be moved to its place. */
async function part({ shared, staging, group, projects, lock }: Parting): Promise<Map<NpmInstall, string>> {
  const finished = new Map<NpmInstall, string>();
  const locks = new Map<NpmInstall, PackageLock>();
  const lastUse = new Map<string, NpmInstall>();
  for (const [install, project] of projects) {
    const own = subsetOf(lock, project);
    locks.set(install, own);
    for (const location of Object.keys(own.packages)) lastUse.set(location, install);
  }
  const known = new Map<string, PackageFiles>();
  for (const install of group) {
    const folder = join(staging, install.name);
    const own = locks.get(install) as PackageLock;
    const locations = Object.keys(own.packages).filter((location) => location !== '');
    if (group.length === 1) await rename(shared, folder);
    else {
      await mkdir(folder);
      await splitTree({
        from: shared,
        to: folder,
        locations,
        lock,
        isLastUse: (location) => lastUse.get(location) === install,
      });
      await writeProject(folder, projects.get(install) as Project, own);
    }
    record(install, folder, locations, known);
    finished.set(install, folder);
  }
  return finished;
}

function record(
  { resolution }: NpmInstall,
  folder: string,
  locations: readonly string[],
  known: Map<string, PackageFiles>,
): void {
  const { source, binPath, runtimeAlias, runtimeExecutable } = resolution;
  const own = `node_modules/${source.package}`;
  recordTree({
    folder,
    integrity: source.integrity,
    entry: `${own}/${binPath.replace(/^\.\//, '')}`,
    ...(runtimeAlias && { runtime: `node_modules/${runtimeAlias}/${runtimeExecutable}` }),
    packages: [own, ...locations.filter((location) => location !== own)],
    known,
  });
}
