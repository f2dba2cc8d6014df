import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createPaths } from '../../src/platform/paths.ts';
import { readSettings } from '../../src/settings/read.ts';
import { settingsSchema } from '../../src/settings/schema.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { validateSettings } from '../../src/settings/validate.ts';
import { temporaryFolder } from '../support/cli.ts';

async function machine() {
  const home = await temporaryFolder();
  const paths = createPaths({ platform: 'linux', home, env: {} });
  const cwd = join(home, 'work', 'app', 'src');
  await mkdir(cwd, { recursive: true });
  const put = async (path: string, text: string): Promise<string> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return path;
  };
  return { home, paths, cwd, put };
}

test('without files the defaults count, and they are allowed values', async () => {
  expect(await readSettings(await machine())).toMatchObject({ settings: DEFAULT_SETTINGS, files: [] });
  expect(settingsSchema.safeParse(DEFAULT_SETTINGS).success).toBe(true);
});

test('the project counts over the user, key by key, and each value knows its source', async () => {
  const { home, paths, cwd, put } = await machine();
  const user = await put(
    join(paths.settings, 'config.yaml'),
    '# mine\ntimeouts:\n  callMs: 5000\n  startMs: 6000\nclients: [cursor]\n',
  );
  const project = await put(
    join(home, 'work', 'app', '.mcpctlrc.json'),
    '{ // ours\n "timeouts": { "callMs": 7000 }, "clients": ["zed"], }',
  );

  const { settings, files, sources, problems } = await readSettings({ paths, cwd });

  expect(settings.timeouts).toEqual({ ...DEFAULT_SETTINGS.timeouts, callMs: 7000, startMs: 6000 });
  expect(settings.clients).toEqual(['zed']);
  expect(files).toEqual([
    { scope: 'user', path: user },
    { scope: 'project', path: project },
  ]);
  expect(sources).toMatchObject({
    'timeouts.callMs': project,
    'timeouts.startMs': user,
    clients: project,
    'secrets.store': 'default',
  });
  expect(problems).toEqual([]);
});

test('never looks for a project in the home folder', async () => {
  const { home, paths, cwd, put } = await machine();
  await put(join(home, '.mcpctlrc'), 'defaultScope: project');

  expect((await readSettings({ paths, cwd })).settings.defaultScope).toBe('user');
  expect((await readSettings({ paths, cwd: home })).settings.defaultScope).toBe('user');
});

test('never runs a settings file', async () => {
  const { home, paths, cwd, put } = await machine();
  const trace = join(home, 'trace');
  const code = `require('node:fs').writeFileSync(${JSON.stringify(trace)}, 'ran'); module.exports = {};`;
  for (const name of [
    '.mcpctlrc.js',
    '.mcpctlrc.cjs',
    'mcpctl.config.js',
    'mcpctl.config.cjs',
    'mcpctl.config.ts',
  ]) {
    await put(join(cwd, name), code);
  }
  await put(join(cwd, '.mcpctlrc'), 'defaultScope: project');

  expect((await readSettings({ paths, cwd })).settings.defaultScope).toBe('project');
  await expect(readFile(trace)).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('a file', () => {
  test.each([
    ['a.json', '{ "timeouts": { "callMs": "60s" } }', 'SETTING_INVALID 1:27'],
    ['a.json', '{ "defaultScope": "global" }', 'SETTING_INVALID 1:19'],
    ['a.json', '{ "registries": { "npm": "ftp://x.example" } }', 'SETTING_INVALID 1:26'],
    [
      'a.json',
      '{ "registries": { "own": [{ "name": "public", "url": "https://x" }] } }',
      'SETTING_INVALID 1:37',
    ],
    ['a.json', '{ "secrets": { "store": "clipboard" } }', 'SETTING_INVALID 1:25'],
    ['a.json', '{ "clients": "cursor" }', 'SETTING_INVALID 1:14'],
    ['a.json', '{ "network": { "allowPrivate": ["10.1.0.0/33"] } }', 'SETTING_INVALID 1:33'],
    ['a.json', '{ "network": { "allowPrivate": ["https://x"] } }', 'SETTING_INVALID 1:33'],
    ['a.json', '{ "a": 1', 'SYNTAX 1:9'],
    ['a.yaml', 'timeouts:\n  callMs: [', 'SYNTAX 2:12'],
    ['.mcpctlrc', 'timeouts:\n  callMs: 5\n', 'SETTING_INVALID 2:11'],
  ])('%s holding %j is refused with its place', async (name, text, expected) => {
    const { paths, cwd, put } = await machine();
    const { problems } = await validateSettings(name, text);
    expect(problems.map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual([expected]);

    const path = await put(join(cwd, name.startsWith('.') ? name : `.mcpctlrc.${name.slice(2)}`), text);
    await expect(readSettings({ paths, cwd })).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
      message: expect.stringContaining(`${path}:${expected.split(' ')[1]}: `),
    });
  });

  test('with unknown keys is read, and each is a warning', async () => {
    const { value, problems } = await validateSettings(
      'a.json',
      '{ "$schema": "x", "colour": 1, "timeouts": { "callSeconds": 1, "callMs": 500 } }',
    );
    expect(value).toEqual({ $schema: 'x', timeouts: { callMs: 500 } });
    expect(problems.map(({ severity, code, message }) => `${severity} ${code} ${message}`)).toEqual([
      'warning SETTING_UNKNOWN there is no setting timeouts.callSeconds',
      'warning SETTING_UNKNOWN there is no setting colour',
    ]);
  });
});

test("what a project says of the user's network and record does not count", async () => {
  const { paths, cwd, put } = await machine();
  const policy = (host: string) =>
    JSON.stringify({
      network: { allowPrivate: [host] },
      audit: { hold: true },
      auth: { store: 'file' },
      registries: { mcp: `https://${host}`, own: [{ name: 'theirs', url: `https://${host}` }] },
    });
  await put(join(cwd, '.mcpctlrc.json'), policy('project.internal'));

  expect((await readSettings({ paths, cwd })).settings).toEqual(DEFAULT_SETTINGS);

  await put(join(paths.settings, 'config.json'), policy('user.internal'));
  expect((await readSettings({ paths, cwd })).settings).toMatchObject({
    network: { allowPrivate: ['user.internal'] },
    audit: { hold: true },
    auth: { store: 'file' },
    registries: { mcp: 'https://user.internal', own: [{ name: 'theirs' }] },
  });
});
