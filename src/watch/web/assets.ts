import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Everything a page loads, read once. */
export interface Assets {
  find(name: string): Asset | undefined;
}

export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  'app.js': 'text/javascript; charset=utf-8',
  'app.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'registry.css': 'text/css; charset=utf-8',
};

/** @param script Path of `bin/mcpctl.js`, absolute: what was built stands beside it. */
export async function readAssets(script: string): Promise<Assets> {
  const folder = join(dirname(dirname(script)), 'dist', 'dashboard');
  const assets = new Map<string, Asset>();
  for (const [name, type] of Object.entries(TYPES)) {
    assets.set(name, { type, bytes: await readFile(join(folder, name)) });
  }
  return { find: (name) => assets.get(name) };
}
