import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchored, resolveSpec, specOfCommand } from '../../src/servers/resolve-spec.ts';
import { bareSpec, type Spec } from '../../src/servers/spec.ts';
import { temporaryFolder } from '../support/cli.ts';

type Finder = (name: string) => Promise<Spec | undefined>;

const linearOnly: Finder = async (name) =>
  name === 'linear' ? bareSpec('linear', { type: 'remote', url: 'https://mcp.linear.app/mcp' }) : undefined;

async function specOf(argument: string, cwd = '/projects', findInCatalog = linearOnly): Promise<Spec> {
  return await resolveSpec(argument, {
    cwd,
    home: '/home/me',
    findInCatalog,
    findInRegistry: async (name) => ({
      ...bareSpec('found', { type: 'npm', package: 'found' }),
      catalog: name,
    }),
    suggest: async (name) => (name === 'liner' ? ['linear'] : []),
  });
}

test.each([
  ['http://127.0.0.1:8080/mcp', 'at-127-0-0-1', { type: 'remote', url: 'http://127.0.0.1:8080/mcp' }],
  ['https://[fd00::1]/mcp', 'at-fd00-1', { type: 'remote', url: 'https://[fd00::1]/mcp' }],
  ['linear', 'linear', { type: 'remote', url: 'https://mcp.linear.app/mcp' }],
  ['io.github.x/y', 'found', { type: 'npm', package: 'found' }],
  ['npm:@scope/mcp-server-x@1.2.3', 'x', { type: 'npm', package: '@scope/mcp-server-x', version: '1.2.3' }],
  ['npm:chrome-devtools-mcp', 'chrome-devtools', { type: 'npm', package: 'chrome-devtools-mcp' }],
  ['@playwright/mcp@latest', 'playwright', { type: 'npm', package: '@playwright/mcp', version: 'latest' }],
  ['tavily-mcp', 'tavily', { type: 'npm', package: 'tavily-mcp' }],
  ['pypi:mcp-server-time==1.0', 'time', { type: 'pypi', package: 'mcp-server-time', version: '1.0' }],
  ['pypi:tool[cli]', 'tool', { type: 'pypi', package: 'tool[cli]' }],
  ['oci:ghcr.io/owner/image-mcp:1.2', 'image', { type: 'oci', image: 'ghcr.io/owner/image-mcp', tag: '1.2' }],
  ['docker://mcp/time', 'time', { type: 'oci', image: 'mcp/time' }],
  [
    'git+https://host/owner/repo.git#v1',
    'repo',
    { type: 'git', url: 'https://host/owner/repo.git', ref: 'v1' },
  ],
  ['https://host/owner/repo.git', 'repo', { type: 'git', url: 'https://host/owner/repo.git' }],
  ['https://mcp.example.com/mcp', 'example', { type: 'remote', url: 'https://mcp.example.com/mcp' }],
  ['https://a.example/sse', 'a', { type: 'remote', url: 'https://a.example/sse', transport: 'sse' }],
  ['http://localhost:3000/mcp', 'localhost', { type: 'remote', url: 'http://localhost:3000/mcp' }],
  ['https://a.example/x.mcpb', 'x', { type: 'mcpb', origin: 'https://a.example/x.mcpb' }],
  ['./some.mcpb', 'some', { type: 'mcpb', origin: '/projects/some.mcpb' }],
])('reads %s', async (argument, name, wanted) => {
  expect(await specOf(argument)).toMatchObject({ name, wanted });
});

test.each([
  ['memory@1.2.3', '1.2.3'],
  ['@modelcontextprotocol/server-memory@1.2.3', '1.2.3'],
  ['server-memory@latest', 'latest'],
  ['memory', '2026.1.1'],
])('takes the version of %s, not that of the catalog', async (argument, version) => {
  const listed = {
    type: 'npm',
    package: '@modelcontextprotocol/server-memory',
    version: '2026.1.1',
  } as const;
  const findInCatalog = async (): Promise<Spec> => bareSpec('memory', listed);

  expect(await specOf(argument, '/projects', findInCatalog)).toMatchObject({
    wanted: { ...listed, version },
  });
});

test('refuses the version of a name that stands for another server', async () => {
  const findInCatalog = async (): Promise<Spec> =>
    bareSpec('linear', { type: 'remote', url: 'https://mcp.linear.app/mcp' });

  await expect(specOf('@old/linear@1.2.3', '/projects', findInCatalog)).rejects.toMatchObject({
    code: 'SPEC_INVALID',
    hint: expect.stringContaining('npm:@old/linear@1.2.3'),
  });
  expect(await specOf('@old/linear@latest', '/projects', findInCatalog)).toMatchObject({ name: 'linear' });
});

test('reads folders and scripts relative to where it was typed', async () => {
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, 'my-server'));
  await writeFile(join(cwd, 'tool.js'), '');

  expect(await specOf('./my-server', cwd)).toMatchObject({
    name: 'my',
    wanted: { type: 'path', path: join(cwd, 'my-server') },
  });
  expect(await specOf('tool.js', cwd)).toMatchObject({
    name: 'tool',
    wanted: { type: 'path', path: join(cwd, 'tool.js') },
  });
});

test.each([
  ['', 'SPEC_INVALID'],
  ['liner', 'SPEC_INVALID'],
  ['npm:../x', 'SPEC_INVALID'],
  ['npm:x@file:../y', 'SPEC_INVALID'],
  ['./missing', 'SPEC_INVALID'],
  ['http://a.example/mcp', 'SPEC_INVALID'],
  ['https://user:secret@a.example/mcp', 'SECRET_ON_COMMAND_LINE'],
  ['git+https://token@host/owner/repo', 'SECRET_ON_COMMAND_LINE'],
  ['git+ext::sh -c evil', 'SPEC_INVALID'],
])('refuses %j', async (argument, code) => {
  await expect(specOf(argument)).rejects.toMatchObject({ code });
});

test('suggests the nearest name', async () => {
  await expect(specOf('liner')).rejects.toMatchObject({ hint: 'Did you mean: mcpctl add linear' });
});

describe('a command', () => {
  test.each([
    ['npx -y @scope/x@1.0.0 --flag', { type: 'npm', package: '@scope/x', version: '1.0.0' }, ['--flag']],
    ['cmd /c npx x-mcp', { type: 'npm', package: 'x-mcp' }, []],
    ['npx -p @scope/x other --flag', { type: 'npm', package: '@scope/x', bin: 'other' }, ['--flag']],
    ['npm exec -- x-mcp a', { type: 'npm', package: 'x-mcp' }, ['a']],
    [
      'uvx mcp-server-time@1.0 --utc',
      { type: 'pypi', package: 'mcp-server-time', version: '1.0' },
      ['--utc'],
    ],
    ['uv tool run --from tool==2 tb', { type: 'pypi', package: 'tool', version: '2', executable: 'tb' }, []],
    [
      'docker run -i --rm -e KEY -v /a:/b ghcr.io/o/i:1 stdio',
      { type: 'oci', image: 'ghcr.io/o/i', tag: '1', options: ['-v', '/a:/b'] },
      ['stdio'],
    ],
    ['my-server --stdio', { type: 'command', command: 'my-server', args: ['--stdio'] }, []],
    ['npx github:owner/repo', { type: 'command', command: 'npx', args: ['github:owner/repo'] }, []],
  ])('%s is understood', (line, wanted, args) => {
    expect(specOfCommand(line.split(' '), 'name')).toMatchObject({ name: 'name', wanted, args });
  });
});

test('words that name files here become absolute, and no others', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'dist'));
  await writeFile(join(folder, 'dist/index.js'), '');
  await writeFile(join(folder, 'node'), '');

  const words = [
    'node',
    'dist/index.js',
    '--root',
    '.',
    '--config=dist/index.js',
    'gone.js',
    'https://a.example',
    '/x.js',
  ];

  expect(anchored(words, folder)).toEqual([
    'node',
    join(folder, 'dist/index.js'),
    '--root',
    folder,
    '--config=dist/index.js',
    'gone.js',
    'https://a.example',
    '/x.js',
  ]);
});
