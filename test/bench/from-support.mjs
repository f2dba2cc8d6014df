// Loads what the tests share and benches use, too; it is TypeScript.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** The folder of the package. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The exports of `test/support/<name>`. */
export async function fromSupport(name) {
  const folder = await mkdtemp(join(tmpdir(), 'mcpctl-bench-'));
  const outfile = join(folder, 'support.mjs');
  const entryPoints = [join(root, 'test/support', name)];
  try {
    await build({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20' });
    return await import(pathToFileURL(outfile));
  } finally {
    await rm(folder, { recursive: true });
  }
}
