import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where the templates lie. */
export const TEMPLATES = at('../../templates');

const CACHE = at('../../node_modules/.cache/mcpctl-new-server');

/** Layers whose packages make up what any new server needs. */
const LAYERS = ['base', 'postgres', 'access-oauth'];

/** npm's own cache, so that packages are downloaded once. */
export const NPM_CACHE = process.env.npm_config_cache ?? join(process.env.HOME ?? '', '.npm');

/** Gives a new server the packages of all of them, installed from npm once. */
export async function linkPackages(folder: string): Promise<void> {
  await symlink(await sharedPackages(), join(folder, 'node_modules'), 'junction');
}

async function sharedPackages(): Promise<string> {
  const files = await Promise.all(
    LAYERS.map(async (layer) =>
      JSON.parse(await readFile(join(TEMPLATES, 'typescript', layer, 'package.json'), 'utf8')),
    ),
  );
  const union = (key: string) => Object.assign({}, ...files.map((file) => file[key]));
  const text = JSON.stringify({
    dependencies: union('dependencies'),
    devDependencies: union('devDependencies'),
  });
  const folder = join(CACHE, createHash('sha256').update(text).digest('hex').slice(0, 16));
  const packages = join(folder, 'node_modules');
  if (await isThere(packages)) return packages;
  await mkdir(CACHE, { recursive: true });
  // Installed aside and moved: another worker may be doing the same.
  const aside = await mkdtemp(join(CACHE, 'install-'));
  await writeFile(join(aside, 'package.json'), text);
  const installed = await runIn(aside, 'npm', [
    'install',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
  ]);
  if (installed.status !== 0) throw new Error(`npm could not install\n${installed.output}`);
  await rename(aside, folder).catch(async (error: unknown) => {
    await rm(aside, { recursive: true, force: true });
    if (!(await isThere(packages))) throw error;
  });
  return packages;
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** Runs a program in a folder to its end; what it says on both streams comes as one text. */
export async function runIn(
  cwd: string,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ status: number | null; output: string }> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env, CI: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  }
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, output };
}

/** Where a new server that was started over HTTP listens, as its log says. */
export async function addressOf({ stderr }: ChildProcess): Promise<string> {
  let said = '';
  for await (const line of createInterface({ input: stderr ?? expect.fail('no stderr') })) {
    said += `${line}\n`;
    const { url } = (line.startsWith('{') ? JSON.parse(line) : {}) as { url?: string };
    if (url) return url;
  }
  throw new Error(`The new server ended before it listened.\n${said}`);
}
