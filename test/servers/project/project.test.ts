import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readProject, serverOfProject } from '../../../src/servers/project/project.ts';
import { temporaryFolder } from '../../support/cli.ts';

/** A folder `my-weather` with these files; values that are no text are written as JSON. */
async function folderWith(files: Record<string, unknown>): Promise<string> {
  const folder = join(await temporaryFolder(), 'my-weather');
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

const PACKAGE = {
  name: '@ada/weather',
  version: '1.2.3',
  description: 'Tells the weather',
  bin: { weather: './dist/main.js' },
  devDependencies: { typescript: '7.0.2' },
};

const REGISTRY_ENTRY = {
  name: 'io.github.ada/weather',
  title: 'The weather',
  packages: [
    {
      registryType: 'npm',
      identifier: '@ada/weather',
      packageArguments: [
        { type: 'positional', value: '--stdio' },
        { type: 'positional', valueHint: 'place' },
      ],
      environmentVariables: [
        { name: 'API_TOKEN', description: 'The token.', isRequired: true, isSecret: true },
        { name: 'UNITS', description: 'Of temperature.', default: 'celsius', choices: ['celsius', 'kelvin'] },
      ],
    },
  ],
};

test('a TypeScript project: its names, how it starts, and its variables', async () => {
  const folder = await folderWith({
    'package.json': PACKAGE,
    'server.json': REGISTRY_ENTRY,
    'dist/main.js': '',
    '.env.example':
      '# Of the token.\nAPI_TOKEN=\n\n# How much is logged.\n# One of info, debug.\n# LOG_LEVEL=info\n',
  });

  const project = await readProject(folder);

  expect(project).toMatchObject({
    language: 'typescript',
    name: '@ada/weather',
    server: 'my-weather',
    version: '1.2.3',
    title: 'The weather',
    description: 'Tells the weather',
    isBuilt: true,
    start: { command: 'node', args: [join(folder, 'dist/main.js'), '--stdio'] },
    registryEntry: REGISTRY_ENTRY,
  });
  expect(project.variables).toEqual([
    { name: 'API_TOKEN', description: 'The token.', required: true, secret: true },
    {
      name: 'UNITS',
      description: 'Of temperature.',
      required: false,
      secret: false,
      default: 'celsius',
      choices: ['celsius', 'kelvin'],
    },
    {
      name: 'LOG_LEVEL',
      description: 'How much is logged. One of info, debug.',
      required: false,
      secret: false,
    },
  ]);
  expect(project.bundle).toBeUndefined();
});

test('what is not built yet is told, and a bundle names its settings', async () => {
  const bundle = {
    manifest_version: '0.3',
    display_name: 'Weather',
    server: { type: 'node', mcp_config: { command: 'node', env: { KEY: '${user_config.key}', MODE: 'x' } } },
    user_config: {
      key: { type: 'string', title: 'Key', description: 'Yours.', required: true, sensitive: true },
    },
  };
  const { devDependencies, ...plain } = PACKAGE;
  void devDependencies;

  const project = await readProject(await folderWith({ 'package.json': plain, 'manifest.json': bundle }));

  expect(project).toMatchObject({ language: 'javascript', title: 'Weather', isBuilt: false, bundle });
  expect(project.variables).toEqual([{ name: 'KEY', description: 'Yours.', required: true, secret: true }]);
});

test('a Python project starts by its script, wherever its table stands', async () => {
  const folder = await folderWith({
    'pyproject.toml': [
      '[project]',
      'name = "weather"',
      'version = "0.4.0"',
      'scripts = { "weather" = "weather.main:run", other = "weather.other:run" }',
    ].join('\n'),
  });

  const project = await readProject(folder);

  expect(project).toMatchObject({ language: 'python', name: 'weather', version: '0.4.0', isBuilt: true });
  expect(project.start).toEqual({ command: 'uv', args: ['run', '--directory', folder, 'weather'] });
});

test('a Python project with an environment of its own starts by the program there', async () => {
  const folder = await folderWith({
    'pyproject.toml': '[project]\nname = "weather"\nscripts = { weather = "weather:run" }\n',
    '.venv/bin/weather': '#!/bin/sh\n',
  });

  const { start } = await readProject(folder);

  expect(start).toEqual({ command: join(folder, '.venv/bin/weather'), args: [] });
});

test('a manifest of a web page is no bundle', async () => {
  const manifest = { name: 'App', icons: [], start_url: '/' };

  const project = await readProject(await folderWith({ 'package.json': PACKAGE, 'manifest.json': manifest }));

  expect(project.bundle).toBeUndefined();
});

test('it is started with references to what it needs and to what somebody gave', async () => {
  const folder = await folderWith({
    'package.json': PACKAGE,
    'server.json': REGISTRY_ENTRY,
    '.env.example': '# A=\n# B=\n# C=\n',
    '.env': 'A=1\nC=\n',
  });

  const chosen = await serverOfProject(await readProject(folder), { B: '2' });

  expect(chosen).toMatchObject({
    project: folder,
    server: {
      name: 'my-weather',
      entry: { command: 'node', env: { API_TOKEN: '${API_TOKEN}', A: '${A}', B: '${B}' } },
    },
  });
  expect(Object.keys(chosen.server.entry.env ?? {})).toEqual(['API_TOKEN', 'A', 'B']);
});

test.each([
  ['nothing of a project', { 'README.md': '' }, 'NOT_A_SERVER'],
  ['a library', { 'package.json': { name: 'library' } }, 'NOT_A_SERVER'],
  ['two programs', { 'package.json': { name: 'x', bin: { a: 'a.js', b: 'b.js' } } }, 'BIN_AMBIGUOUS'],
  ['a broken package.json', { 'package.json': '{ "name": ' }, 'DOCUMENT_INVALID'],
  ['a broken pyproject.toml', { 'pyproject.toml': '[project' }, 'DOCUMENT_INVALID'],
  ['a broken server.json', { 'package.json': PACKAGE, 'server.json': '{' }, 'DOCUMENT_INVALID'],
])('refuses a folder with %s', async (_, files, code) => {
  await expect(readProject(await folderWith(files))).rejects.toMatchObject({ code });
});
