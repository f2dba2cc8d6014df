import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../../core/errors.ts';
import { installFolder } from '../install-folder.ts';
import type { Machine } from '../machine.ts';
import type { Installed } from '../npm/install.ts';
import { parsePackageLock } from '../npm/lockfile.ts';
import { runNpm } from '../npm/npm.ts';
import { needProgram } from '../programs.ts';
import { findProjectEntry, type ProjectEntry } from '../project/entry.ts';
import { putInPlace, withStaging } from '../staging.ts';
import { recordTree } from '../tree.ts';
import type { PackageSource, PlainCommand, ResolveOptions, SpecOf } from './source.ts';

const TEN_MINUTES = 600_000;

export const gitSource: PackageSource<'git'> = {
  type: 'git',
  programs: [['git']],
  async resolve(spec, machine, options) {
    const { url, bin } = spec.wanted;
    const checkout = await inTemporaryFolder(async (folder) => {
      const commit = await fetchCommit(spec, undefined, folder, machine);
      return {
        commit,
        entry: await findProjectEntry(folder, { ...(bin !== undefined && { bin }), mayBeBuilt: true }),
      };
    });
    const { commit, entry } = checkout;
    if (entry.kind === 'python') needProgram(['uv'], spec.name, machine);
    const pinned = entry.kind === 'python' ? `git+${url}@${commit}` : `git+${url}#${commit}`;
    return {
      spec,
      source: { type: 'git', url, commit, entry: entry.kind === 'python' ? entry.script : entry.path },
      scripted: [],
      facts: [
        `commit ${commit.slice(0, 12)} of ${url}`,
        ...(entry.kind === 'python'
          ? ['run by uv in an environment of its own']
          : [
              options.allowScripts ? 'built with its own scripts, as you allowed' : 'its scripts are not run',
            ]),
      ],
      command: ({ args }) => plainCommand(entry, pinned, bin, args),
      ...(entry.kind === 'node' && { install: () => install(spec, { commit, entry }, machine, options) }),
    };
  },
};

function plainCommand(
  entry: ProjectEntry,
  pinned: string,
  bin: string | undefined,
  args: readonly string[],
): PlainCommand {
  if (entry.kind === 'python') return { command: 'uvx', args: ['--from', pinned, entry.script, ...args] };
  const program = bin === undefined ? [pinned] : ['-p', pinned, bin];
  return { command: 'npx', args: ['-y', ...program, ...args] };
}

interface Checkout {
  readonly commit: string;
  readonly entry: ProjectEntry;
}

async function install(
  spec: SpecOf<'git'>,
  { commit, entry }: Checkout,
  machine: Machine,
  { allowScripts }: ResolveOptions,
): Promise<Installed> {
  return await withStaging(machine.paths, async (staging) => {
    const folder = join(staging, 'checkout');
    await mkdir(folder);
    await fetchCommit(spec, commit, folder, machine);
    await rm(join(folder, '.git'), { recursive: true, force: true });
    await installDependencies(spec, folder, machine, allowScripts);
    const { bin } = spec.wanted;
    const built = await findProjectEntry(folder, bin === undefined ? {} : { bin });
    recordTree({
      folder,
      integrity: commit,
      entry: built.kind === 'node' ? built.path : entry.kind === 'node' ? entry.path : '',
      packages: ['.', ...(await dependencyFolders(folder))],
    });
    const target = installFolder(machine.paths, spec.name, commit.slice(0, 12), machine.platform);
    const { undo } = await putInPlace(folder, target);
    return { folder: target, wasThere: false, undo };
  });
}

async function installDependencies(
  { name }: SpecOf<'git'>,
  folder: string,
  machine: Machine,
  allowScripts: boolean,
): Promise<void> {
  const hasLock = (await textOf(join(folder, 'package-lock.json'))) !== undefined;
  await runNpm(
    {
      args: [hasLock ? 'ci' : 'install', '--prefer-offline', ...(allowScripts ? ['--include=dev'] : [])],
      cwd: folder,
      purpose: `install the dependencies of ${name}`,
      scripts: allowScripts,
    },
    machine,
  );
}

async function dependencyFolders(folder: string): Promise<string[]> {
  const text = await textOf(join(folder, 'node_modules', '.package-lock.json'));
  return text === undefined ? [] : Object.keys(parsePackageLock(text)?.packages ?? {});
}

/** Checks a commit out without history, hooks and submodules. Returns its full id. */
async function fetchCommit(
  { name, wanted: { url, ref = 'HEAD' } }: SpecOf<'git'>,
  commit: string | undefined,
  folder: string,
  machine: Machine,
): Promise<string> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._/+-]*$/.test(ref)) {
    throw new McpctlError('SPEC_INVALID', `${JSON.stringify(ref)} is no branch, tag or commit.`);
  }
  const git = async (...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> =>
    await machine.execute({
      command: 'git',
      args: ['-c', 'core.hooksPath=', '-c', 'protocol.ext.allow=never', ...args],
      cwd: folder,
      env: { ...machine.env, GIT_TERMINAL_PROMPT: '0' },
      deadline: TEN_MINUTES,
      signal: machine.signal,
    });
  await git('init', '--quiet');
  let fetched = await git('fetch', '--quiet', '--depth', '1', '--no-tags', url, commit ?? ref);
  // Some hosts hand out names only, not commits.
  if (fetched.status !== 0 && commit !== undefined) {
    fetched = await git('fetch', '--quiet', '--depth', '1', '--no-tags', url, ref);
  }
  const checkedOut =
    fetched.status === 0 ? await git('checkout', '--quiet', '--detach', 'FETCH_HEAD') : fetched;
  const { stdout } = await git('rev-parse', 'HEAD');
  const found = stdout.trim();
  if (checkedOut.status !== 0 || !/^[a-f0-9]{40}$/.test(found)) {
    throw new McpctlError('PACKAGE_NOT_FOUND', `git could not fetch ${ref} of ${url} for ${name}.`, {
      hint: `See whether you may read it: git ls-remote ${url}`,
      cause: new Error(checkedOut.stderr),
    });
  }
  if (commit !== undefined && found !== commit) {
    throw new McpctlError(
      'INTEGRITY_MISMATCH',
      `${ref} of ${url} moved from ${commit} to ${found} meanwhile.`,
      {
        hint: 'Run the command again.',
      },
    );
  }
  return found;
}

async function inTemporaryFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mcpctl-git-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
