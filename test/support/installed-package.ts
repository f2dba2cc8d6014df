import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/mcpctl-packages', import.meta.url));

/**
 * Absolute path of a file in an npm package of exact version, `path` being below `node_modules`. Installed once,
 * without install scripts, and kept: too large for a development dependency, and few tests need it.
 */
export async function installedPackage(spec: string, path: string): Promise<string> {
  const folder = join(CACHE, spec.replaceAll('/', '+'));
  const file = join(folder, 'node_modules', path);
  if (await isThere(file)) return file;
  await mkdir(CACHE, { recursive: true });
  // Installed aside and moved: another worker may be doing the same.
  const aside = await mkdtemp(join(CACHE, 'install-'));
  await install(spec, aside);
  await rename(aside, folder).catch(async (error: unknown) => {
    await rm(aside, { recursive: true, force: true });
    if (!(await isThere(file))) throw error;
  });
  return file;
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

async function install(spec: string, folder: string): Promise<void> {
  const args = [
    'install',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    spec,
  ];
  const child = spawn('npm', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`npm could not install ${spec}\n${stderr}`);
}
