import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entryOf } from '../../src/servers/add/entry.ts';
import type { Machine } from '../../src/servers/machine.ts';
import { installMany } from '../../src/servers/resolve-many.ts';
import { bareSpec, fillBlanks, type Wanted } from '../../src/servers/spec.ts';
import { temporaryFolder } from '../support/cli.ts';
import { realMachine } from '../support/machine.ts';
import {
  BUNDLE,
  bundle,
  bundleFile,
  launch,
  lockEntryOf,
  machineWith,
  resolve,
  resolveSpecOf,
} from './source-bench.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

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
