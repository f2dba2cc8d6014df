import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installOnce } from './npm-cache.ts';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/mcpctl-packages', import.meta.url));

/**
 * Absolute path of a file in an npm package of exact version, `path` being below `node_modules`. Installed once,
 * without install scripts, and kept: too large for a development dependency, and few tests need it.
 */
export async function installedPackage(spec: string, path: string): Promise<string> {
  return await installedPackages(spec.replaceAll('/', '+'), [spec], path);
}

/** The same for several packages, installed together in one folder of that name. */
export async function installedPackages(
  name: string,
  specs: readonly string[],
  path: string,
): Promise<string> {
  return await installOnce({ folder: join(CACHE, name), file: path, words: specs });
}
