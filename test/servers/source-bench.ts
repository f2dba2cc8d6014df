import { execFileSync } from 'node:child_process';
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strToU8, zipSync } from 'fflate';
import { type LockEntry, lockEntrySchema } from '../../src/manifest/lock-schema.ts';
import { entryOf } from '../../src/servers/add/entry.ts';
import { launchOf } from '../../src/servers/launch.ts';
import type { Machine } from '../../src/servers/machine.ts';
import { resolveMany } from '../../src/servers/resolve-many.ts';
import type { Resolution } from '../../src/servers/sources/source.ts';
import { bareSpec, type Spec, type Wanted } from '../../src/servers/spec.ts';
import { temporaryFolder } from '../support/cli.ts';
import { realMachine } from '../support/machine.ts';

const TOOLS = fileURLToPath(new URL('../fixtures/tools/', import.meta.url));

/** A machine whose PATH holds node, git and npm, and the stand-ins named. */
export async function machineWith(
  tools: readonly string[],
  env: Record<string, string> = {},
): Promise<Machine> {
  const machine = await realMachine();
  const folder = await temporaryFolder();
  for (const tool of tools) {
    const source = tool === 'uvx' ? 'uv' : tool;
    await copyFile(join(TOOLS, `${source}.mjs`), join(folder, tool));
    await chmod(join(folder, tool), 0o755);
  }
  // Extensionless scripts are CommonJS unless a package.json says otherwise.
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const tool of ['node', 'git', 'npm', 'sh']) {
    const real = execFileSync('/bin/sh', ['-c', `command -v ${tool}`])
      .toString()
      .trim();
    await writeFile(join(folder, tool), `#!/bin/sh\nexec ${real} "$@"\n`, { mode: 0o755 });
  }
  const calls = join(folder, 'calls.jsonl');
  return { ...machine, env: { ...machine.env, ...env, PATH: `${folder}:/bin`, CALLS: calls } };
}

export async function resolve(wanted: Wanted, machine: Machine, allowScripts = false): Promise<Resolution> {
  return await resolveSpecOf(bareSpec('thing', wanted), machine, allowScripts);
}

export async function resolveSpecOf(spec: Spec, machine: Machine, allowScripts = false): Promise<Resolution> {
  const [outcome] = await resolveMany([spec], machine, { allowScripts });
  if (!outcome?.ok) throw outcome?.error ?? new Error('no outcome');
  return outcome.value;
}

export function lockEntryOf({ source }: Resolution): LockEntry {
  return lockEntrySchema.parse({ source, lockedAt: '2026-01-01T00:00:00.000Z' });
}

export function launch(resolution: Resolution, spec: Spec, machine: Machine) {
  return launchOf({
    name: spec.name,
    entry: entryOf(resolution, spec),
    lockEntry: lockEntryOf(resolution),
    paths: machine.paths,
    node: machine.node.executable,
    platform: machine.platform,
  });
}

export function bundle(
  manifest: Record<string, unknown>,
  files: Record<string, string> = { 'server/index.js': '' },
): Uint8Array {
  const all = { 'manifest.json': JSON.stringify(manifest), ...files };
  return zipSync(Object.fromEntries(Object.entries(all).map(([name, text]) => [name, strToU8(text)])));
}

export const BUNDLE = {
  manifest_version: '0.3',
  name: 'fixture-bundle',
  display_name: 'Fixture',
  version: '2.0.0',
  description: 'A fixture.',
  author: { name: 'a' },
  server: {
    type: 'node',
    entry_point: 'server/index.js',
    mcp_config: {
      command: 'node',
      args: [
        '${__dirname}/server/index.js',
        '--folders',
        '${user_config.folders}',
        '--level=${user_config.level}',
      ],
      env: { API_KEY: '${user_config.api_key}', HOME_DIR: '${HOME}' },
      platform_overrides: { win32: { command: 'node.exe' } },
    },
  },
  user_config: {
    api_key: { type: 'string', title: 'Key', description: 'Your key.', required: true, sensitive: true },
    folders: {
      type: 'directory',
      title: 'Folders',
      description: 'Where to look.',
      required: true,
      multiple: true,
    },
    level: { type: 'string', title: 'Level', description: 'How loud.', required: false },
  },
};

export async function bundleFile(content: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'fixture.mcpb');
  await writeFile(path, content);
  return path;
}
