import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Layers whose packages make up what any new server needs. */
const LAYERS = ['base', 'postgres', 'access-oauth'];

/**
 * The `node_modules` with everything any new server needs, below a folder in which projects find it; `root` is the
 * repository. Installed from npm once, and anew when a template asks for something else.
 */
export async function templatePackages(root: string): Promise<string> {
  const cache = join(root, 'node_modules/.cache/mcpctl-new-server');
  const files = await Promise.all(
    LAYERS.map(async (layer) =>
      JSON.parse(await readFile(join(root, 'templates/typescript', layer, 'package.json'), 'utf8')),
    ),
  );
  const union = (key: string) => Object.assign({}, ...files.map((file) => file[key]));
  const text = JSON.stringify({
    dependencies: union('dependencies'),
    devDependencies: union('devDependencies'),
  });
  const folder = join(cache, createHash('sha256').update(text).digest('hex').slice(0, 16));
  const packages = join(folder, 'node_modules');
  if (await isThere(packages)) return packages;
  await mkdir(cache, { recursive: true });
  // Installed aside and moved: another worker may be doing the same.
  const aside = await mkdtemp(join(cache, 'install-'));
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
