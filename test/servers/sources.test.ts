import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { type LockEntry, lockEntrySchema } from '../../src/manifest/lock-schema.ts';
import { entryOf } from '../../src/servers/add/entry.ts';
import { launchOf } from '../../src/servers/launch.ts';
import type { Machine } from '../../src/servers/machine.ts';
import { installMany, resolveMany } from '../../src/servers/resolve-many.ts';
import type { Resolution } from '../../src/servers/sources/source.ts';
import { bareSpec, fillBlanks, type Spec, type Wanted } from '../../src/servers/spec.ts';
import { temporaryFolder } from '../support/cli.ts';
import { realMachine } from '../support/machine.ts';

const TOOLS = fileURLToPath(new URL('../fixtures/tools/', import.meta.url));
const DIGEST = `sha256:${'ab'.repeat(32)}`;

/** A machine whose PATH holds node, git and npm, and the stand-ins named. */
async function machineWith(tools: readonly string[], env: Record<string, string> = {}): Promise<Machine> {
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

async function resolve(wanted: Wanted, machine: Machine, allowScripts = false): Promise<Resolution> {
  return await resolveSpecOf(bareSpec('thing', wanted), machine, allowScripts);
}

async function resolveSpecOf(spec: Spec, machine: Machine, allowScripts = false): Promise<Resolution> {
  const [outcome] = await resolveMany([spec], machine, { allowScripts });
  if (!outcome?.ok) throw outcome?.error ?? new Error('no outcome');
  return outcome.value;
}

function lockEntryOf({ source }: Resolution): LockEntry {
  return lockEntrySchema.parse({ source, lockedAt: '2026-01-01T00:00:00.000Z' });
}

function launch(resolution: Resolution, spec: Spec, machine: Machine) {
  return launchOf({
    name: spec.name,
    entry: entryOf(resolution, spec),
    lockEntry: lockEntryOf(resolution),
    paths: machine.paths,
    node: machine.node.executable,
    platform: machine.platform,
  });
}

async function repository(
  files: Record<string, string>,
): Promise<{ url: string; commit: string; folder: string }> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder })
      .toString()
      .trim();
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-qm', 'first');
  git('tag', 'v1');
  return { url: `file://${folder}`, commit: git('rev-parse', 'HEAD'), folder };
}

const NODE_PROJECT = {
  'package.json': JSON.stringify({
    name: 'fixture-git',
    version: '1.0.0',
    bin: { 'fixture-git': './server.js' },
  }),
  'server.js': 'process.exit(0);\n',
};

function bundle(
  manifest: Record<string, unknown>,
  files: Record<string, string> = { 'server/index.js': '' },
): Uint8Array {
  const all = { 'manifest.json': JSON.stringify(manifest), ...files };
  return zipSync(Object.fromEntries(Object.entries(all).map(([name, text]) => [name, strToU8(text)])));
}

const BUNDLE = {
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

async function bundleFile(content: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'fixture.mcpb');
  await writeFile(path, content);
  return path;
}

describe('every source', () => {
  const cases: [string, () => Promise<{ machine: Machine; wanted: Wanted }>][] = [
    [
      'npm',
      async () => ({
        machine: await realMachine(),
        wanted: { type: 'npm', package: '@modelcontextprotocol/server-memory', version: '2026.8.31' },
      }),
    ],
    [
      'pypi',
      async () => ({
        machine: await machineWith(['uv', 'uvx']),
        wanted: { type: 'pypi', package: 'mcp-server-time' },
      }),
    ],
    [
      'oci',
      async () => ({
        machine: await machineWith(['docker']),
        wanted: { type: 'oci', image: 'ghcr.io/owner/image', tag: '1' },
      }),
    ],
    [
      'git',
      async () => ({
        machine: await machineWith([]),
        wanted: { type: 'git', url: (await repository(NODE_PROJECT)).url },
      }),
    ],
    [
      'mcpb',
      async () => ({
        machine: await machineWith([]),
        wanted: { type: 'mcpb', origin: await bundleFile(bundle(BUNDLE)) },
      }),
    ],
    [
      'path',
      async () => ({
        machine: await machineWith([]),
        wanted: { type: 'path', path: (await repository(NODE_PROJECT)).folder },
      }),
    ],
    [
      'command',
      async () => ({
        machine: await machineWith([]),
        wanted: { type: 'command', command: 'my-server', args: ['-x'] },
      }),
    ],
  ];
  test.each(cases)(
    '%s locks what it resolved, starts it as locked, and takes it back',
    async (_, prepare) => {
      const { machine, wanted } = await prepare();
      const resolution = await resolve(wanted, machine);
      expect(existsSync(machine.paths.servers)).toBe(false);
      expect(lockEntryOf(resolution).source.type).toBe(wanted.type);

      const spec = fillBlanks(resolution.spec, { 'user_config.folders': ['/a'], 'user_config.level': [] });
      const [installed] = await installMany([{ name: 'thing', resolution }], machine);
      if (!installed?.ok) throw installed?.error ?? new Error('no outcome');
      expect(launch(resolution, spec, machine)).toMatchObject({ kind: 'stdio', locked: true, notes: [] });

      await installed.value.undo();
      expect(existsSync(machine.paths.servers) ? await readdir(machine.paths.servers) : []).toEqual([]);
    },
  );

  test.each([
    ['pypi', { type: 'pypi', package: 'mcp-server-time' }, /uv/],
    ['oci', { type: 'oci', image: 'ghcr.io/owner/image' }, /docker/],
  ] as [string, Wanted, RegExp][])(
    '%s names the command that installs what is missing',
    async (_, wanted, command) => {
      const machine = await machineWith([]);

      await expect(resolve(wanted, machine)).rejects.toMatchObject({
        code: 'TOOL_MISSING',
        hint: expect.stringMatching(command),
      });
    },
  );
});

test('pins a Python package, with the program where it is called otherwise', async () => {
  const machine = await machineWith(['uv', 'uvx']);
  const plain = await resolve({ type: 'pypi', package: 'mcp-server-time' }, machine);
  const other = await resolve(
    { type: 'pypi', package: 'tool-box[cli]', version: '1.2.3', executable: 'tb' },
    machine,
  );

  expect(entryOf(plain, plain.spec)).toEqual({ command: 'uvx', args: ['mcp-server-time==2026.7.1'] });
  expect(entryOf(other, other.spec)).toEqual({
    command: 'uvx',
    args: ['--from', 'tool-box[cli]==1.2.3', 'tb'],
  });
  await expect(resolve({ type: 'pypi', package: 'nope' }, machine)).rejects.toMatchObject({
    code: 'PACKAGE_NOT_FOUND',
  });
});

test.each([[{}], [{ NO_BUILDX: '1' }]])(
  'pins an image by digest and passes variables by name only',
  async (env) => {
    const machine = await machineWith(['docker'], env);
    const spec = {
      ...bareSpec('thing', { type: 'oci', image: 'ghcr.io/owner/image', tag: '1' }),
      env: { KEY: '${KEY}' },
    };
    const resolution = await resolveSpecOf(spec, machine);

    expect(entryOf(resolution, spec)).toEqual({
      command: 'docker',
      args: ['run', '-i', '--rm', '-e', 'KEY', `ghcr.io/owner/image@${DIGEST}`],
      env: { KEY: '${KEY}' },
    });
  },
);

test('installs a git source at its commit, without history and without scripts', async () => {
  const { url, commit, folder } = await repository({
    ...NODE_PROJECT,
    'package.json': JSON.stringify({
      name: 'fixture-git',
      version: '1.0.0',
      bin: './server.js',
      scripts: { postinstall: 'touch ran.txt', prepare: 'touch ran.txt' },
    }),
  });
  const machine = await machineWith([]);
  const resolution = await resolve({ type: 'git', url, ref: 'v1' }, machine);
  await appendFile(join(folder, 'server.js'), '// later');
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-qam', 'later'], {
    cwd: folder,
  });

  const [installed] = await installMany([{ name: 'thing', resolution }], machine);
  if (!installed?.ok) throw installed?.error ?? new Error('no outcome');
  const files = await readdir(installed.value.folder ?? '');

  expect(resolution.source).toMatchObject({ type: 'git', url, commit });
  expect(files).toContain('server.js');
  expect(files).not.toContain('.git');
  expect(files).not.toContain('ran.txt');
  expect(await readFile(join(installed.value.folder ?? '', 'server.js'), 'utf8')).toBe(
    NODE_PROJECT['server.js'],
  );
});

test('says that a git source has to be built', async () => {
  const { url } = await repository({
    'package.json': JSON.stringify({ name: 'x', version: '1.0.0', bin: './dist/x.js' }),
  });
  const machine = await machineWith([]);
  const resolution = await resolve({ type: 'git', url }, machine);
  const [installed] = await installMany([{ name: 'thing', resolution }], machine);

  expect(installed).toMatchObject({
    ok: false,
    error: { code: 'NOT_A_SERVER', hint: expect.stringContaining('--allow-scripts') },
  });
  expect(await readdir(machine.paths.servers)).toEqual([]);
});

describe('a bundle', () => {
  test('turns its settings into references and blanks', async () => {
    const machine = await machineWith([]);
    const resolution = await resolve({ type: 'mcpb', origin: await bundleFile(bundle(BUNDLE)) }, machine);
    const { spec } = resolution;
    const filled = fillBlanks(spec, { 'user_config.folders': ['/a', '/b'], 'user_config.level': [] });
    const folder = join(machine.paths.servers, 'thing', '2.0.0');

    expect(spec.variables).toMatchObject([{ name: 'API_KEY', secret: true, required: true }]);
    expect(entryOf(resolution, filled)).toEqual({
      command: 'node',
      args: [`${folder}/server/index.js`, '--folders', '/a', '/b'],
      env: { API_KEY: '${API_KEY}', HOME_DIR: machine.paths.home },
    });
  });

  test('is refused when its files change after it was unpacked', async () => {
    const machine = await machineWith([]);
    const resolution = await resolve({ type: 'mcpb', origin: await bundleFile(bundle(BUNDLE)) }, machine);
    await installMany([{ name: 'thing', resolution }], machine);
    await appendFile(join(machine.paths.servers, 'thing/2.0.0/server/index.js'), 'more');

    expect(() => launch(resolution, resolution.spec, machine)).toThrowError(
      expect.objectContaining({ code: 'INTEGRITY_MISMATCH' }),
    );
  });

  const refusals: [string, () => Uint8Array, string][] = [
    ['that is no archive', () => strToU8('PK not really'), 'BUNDLE_INVALID'],
    ['without a manifest', () => zipSync({ 'a.txt': strToU8('a') }), 'BUNDLE_INVALID'],
    [
      'of an unknown manifest version',
      () => bundle({ ...BUNDLE, manifest_version: '9.0' }),
      'BUNDLE_INVALID',
    ],
    ['whose server is missing', () => bundle({ ...BUNDLE, server: undefined }), 'BUNDLE_INVALID'],
    [
      'for another system',
      () => bundle({ ...BUNDLE, compatibility: { platforms: ['win32'] } }),
      'PLATFORM_UNSUPPORTED',
    ],
    ['that writes above its folder', () => bundle(BUNDLE, { '../evil.js': 'x' }), 'BUNDLE_INVALID'],
    ['with an absolute path', () => bundle(BUNDLE, { '/tmp/evil.js': 'x' }), 'BUNDLE_INVALID'],
    ['with a Windows path', () => bundle(BUNDLE, { 'a\\..\\..\\evil.js': 'x' }), 'BUNDLE_INVALID'],
    ['that claims to be huge', () => claimingSize(bundle(BUNDLE), 0xfffffff0), 'BUNDLE_INVALID'],
  ];
  test.each(refusals)('%s is refused', async (_, content, code) => {
    const machine = await machineWith([]);
    const origin = await bundleFile(content());

    await expect(resolve({ type: 'mcpb', origin }, machine)).rejects.toMatchObject({ code });
  });

  test('is refused when it is not the one announced', async () => {
    const machine = await machineWith([]);
    const content = bundle(BUNDLE);
    const origin = await bundleFile(content);
    const sha256 = createHash('sha256').update(content).digest('hex');

    await expect(resolve({ type: 'mcpb', origin, sha256 }, machine)).resolves.toBeDefined();
    await expect(resolve({ type: 'mcpb', origin, sha256: '0'.repeat(64) }, machine)).rejects.toMatchObject({
      code: 'INTEGRITY_MISMATCH',
    });
  });
});

/** Overwrites the unpacked size in every record of the central directory. */
function claimingSize(archive: Uint8Array, size: number): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  for (let at = 0; at < archive.length - 46; at += 1) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, size, true);
  }
  return archive;
}
