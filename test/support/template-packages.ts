import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { installOnce } from './npm-cache.ts';

/** Layers whose packages make up what any new server needs. */
const LAYERS = ['base', 'postgres', 'access-oauth'];

/**
 * The `node_modules` with everything any new server needs, below a folder in which projects find it; `root` is the
 * repository. Installed from npm once, and anew when a template asks for something else.
 */
export async function templatePackages(root: string): Promise<string> {
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
  const key = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const folder = join(root, 'node_modules/.cache/mcpctl-new-server', key);
  const prepare = (aside: string): Promise<void> => writeFile(join(aside, 'package.json'), text);
  return dirname(await installOnce({ folder, file: 'typescript', words: [], prepare }));
}
