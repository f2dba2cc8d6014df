import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isThere } from './is-there.ts';
import { TEMPLATES } from './new-server.ts';
import { runIn } from './run-in.ts';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/mcpctl-new-python', import.meta.url));

/** Layers whose packages make up what any new server in Python needs. */
const LAYERS = ['base', 'http-api', 'postgres', 'openapi', 'access-oauth'];

/** What builds a project here, so that nothing is fetched for each. */
const BUILDS = ['hatchling>=1.27', 'editables'];

/** A virtual environment with the packages of every new server, or why this machine has none. */
export type PythonPackages = { readonly bin: string; readonly site: string } | { readonly missing: string };

/** What pip has to know of where packages come from: HOME may be another one than that of whoever runs the tests. */
export async function pipEnvironment(): Promise<Record<string, string>> {
  const path = join(userInfo().homedir, '.config', 'pip', 'pip.conf');
  return {
    // Where the public registry cannot be reached, what else is configured has to do: nobody waits for it.
    PIP_RETRIES: '0',
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('PIP_'))),
    ...((await isThere(path)) && process.env.PIP_CONFIG_FILE === undefined ? { PIP_CONFIG_FILE: path } : {}),
  } as Record<string, string>;
}

/** Installs what all of them need with pip, once a machine. */
export async function pythonPackages(): Promise<PythonPackages> {
  const needs = [...new Set((await Promise.all(LAYERS.map(needsOf))).flat()), ...BUILDS].sort();
  const key = createHash('sha256').update(needs.join('\n')).digest('hex').slice(0, 16);
  const folder = join(CACHE, key);
  // Written last: a folder without it was being filled when something went wrong.
  const mark = join(folder, 'site');
  if (!(await isThere(mark))) {
    const missing = await install(folder, needs);
    if (missing !== undefined) return { missing };
  }
  return { bin: join(folder, 'bin'), site: (await readFile(mark, 'utf8')).trim() };
}

/** Why it could not be done; undefined when it is done. */
async function install(folder: string, needs: readonly string[]): Promise<string | undefined> {
  await mkdir(CACHE, { recursive: true });
  await rm(folder, { recursive: true, force: true });
  const made = await runIn(CACHE, 'python3', ['-m', 'venv', folder]);
  if (made.status !== 0) return `python3 -m venv: ${lastLine(made.output)}`;
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  const python = join(folder, 'bin', 'python');
  const installed = await runIn(folder, python, [...pip, ...needs], await pipEnvironment());
  if (installed.status !== 0) return `pip install: ${lastLine(installed.output)}`;
  const where = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const asked = await runIn(folder, python, ['-c', where]);
  await writeFile(join(folder, 'site'), asked.output);
  return undefined;
}

/** Gives a new project an environment of its own with these packages in it, and the project itself. */
export async function installProject(folder: string, packages: { bin: string; site: string }): Promise<void> {
  const own = join(folder, '.venv');
  await mustRun(folder, join(packages.bin, 'python'), ['-m', 'venv', '--without-pip', own]);
  const [version = ''] = await readdir(join(own, 'lib'));
  await writeFile(join(own, 'lib', version, 'site-packages', 'shared.pth'), `${packages.site}\n`);
  const pip = ['-m', 'pip', '--python', join(own, 'bin', 'python'), 'install', '--quiet'];
  const words = ['--no-deps', '--no-build-isolation', '--no-index', '--disable-pip-version-check'];
  await mustRun(folder, join(packages.bin, 'python'), [...pip, ...words, '--editable', '.']);
}

async function mustRun(folder: string, command: string, args: readonly string[]): Promise<void> {
  const { status, output } = await runIn(folder, command, args);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${output}`);
}

async function needsOf(layer: string): Promise<string[]> {
  const path = join(TEMPLATES, 'python', layer, 'pyproject.toml');
  const text = await readFile(path, 'utf8');
  const lists = [...text.matchAll(/^(?:dependencies|dev) = \[\n((?: {2}".*",\n)*)\]$/gm)];
  return lists.flatMap(([, lines = '']) =>
    [...lines.matchAll(/^ {2}"(.*)",$/gm)].map(([, need = '']) => need),
  );
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
