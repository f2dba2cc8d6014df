import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CLIENTS, clientsNamed } from '../../src/clients/all.ts';
import { detectClients, exists } from '../../src/clients/detect.ts';
import { findTargets } from '../../src/clients/targets.ts';
import { temporaryFolder } from '../support/cli.ts';
import { PLATFORMS, placeOf } from './places.ts';

const userFile = (id: string, place: ReturnType<typeof placeOf>): string | undefined =>
  clientsNamed([id])[0]?.locations(place).user[0]?.path;

test.each([
  [
    'claude-desktop',
    '/home/ada/.config/Claude/claude_desktop_config.json',
    '/Users/ada/Library/Application Support/Claude/claude_desktop_config.json',
    'C:\\Users\\ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
  ],
  ['claude-code', '/home/ada/.claude.json', '/Users/ada/.claude.json', 'C:\\Users\\ada\\.claude.json'],
  [
    'cursor',
    '/home/ada/.cursor/mcp.json',
    '/Users/ada/.cursor/mcp.json',
    'C:\\Users\\ada\\.cursor\\mcp.json',
  ],
  [
    'vscode',
    '/home/ada/.config/Code/User/mcp.json',
    '/Users/ada/Library/Application Support/Code/User/mcp.json',
    'C:\\Users\\ada\\AppData\\Roaming\\Code\\User\\mcp.json',
  ],
  [
    'windsurf',
    '/home/ada/.config/devin/mcp_config.json',
    '/Users/ada/.config/devin/mcp_config.json',
    'C:\\Users\\ada\\AppData\\Roaming\\devin\\mcp_config.json',
  ],
  [
    'zed',
    '/home/ada/.config/zed/settings.json',
    '/Users/ada/.config/zed/settings.json',
    'C:\\Users\\ada\\AppData\\Roaming\\Zed\\settings.json',
  ],
  [
    'codex',
    '/home/ada/.codex/config.toml',
    '/Users/ada/.codex/config.toml',
    'C:\\Users\\ada\\.codex\\config.toml',
  ],
  [
    'gemini-cli',
    '/home/ada/.gemini/settings.json',
    '/Users/ada/.gemini/settings.json',
    'C:\\Users\\ada\\.gemini\\settings.json',
  ],
  [
    'copilot-cli',
    '/home/ada/.copilot/mcp-config.json',
    '/Users/ada/.copilot/mcp-config.json',
    'C:\\Users\\ada\\.copilot\\mcp-config.json',
  ],
  [
    'opencode',
    '/home/ada/.config/opencode/opencode.json',
    '/Users/ada/.config/opencode/opencode.json',
    'C:\\Users\\ada\\.config\\opencode\\opencode.json',
  ],
  [
    'cline',
    '/home/ada/.cline/data/settings/cline_mcp_settings.json',
    '/Users/ada/.cline/data/settings/cline_mcp_settings.json',
    'C:\\Users\\ada\\.cline\\data\\settings\\cline_mcp_settings.json',
  ],
  [
    'goose',
    '/home/ada/.config/goose/config.yaml',
    '/Users/ada/.config/goose/config.yaml',
    'C:\\Users\\ada\\AppData\\Roaming\\Block\\goose\\config\\config.yaml',
  ],
  [
    'amp',
    '/home/ada/.config/amp/settings.json',
    '/Users/ada/.config/amp/settings.json',
    'C:\\Users\\ada\\.config\\amp\\settings.json',
  ],
  [
    'lm-studio',
    '/home/ada/.lmstudio/mcp.json',
    '/Users/ada/.lmstudio/mcp.json',
    'C:\\Users\\ada\\.lmstudio\\mcp.json',
  ],
])('%s keeps its user file where the client reads it', (id, linux, darwin, win32) => {
  expect(PLATFORMS.map((platform) => userFile(id, placeOf(platform)))).toEqual([linux, darwin, win32]);
});

test('on Windows the packaged Claude Desktop wins, and a classic file beside it is a rival', () => {
  const place = placeOf('win32', { packages: ['Claude_pzs8sxrjxfjjc', 'Microsoft.Notepad_8we'] });

  expect(clientsNamed(['claude-desktop'])[0]?.locations(place).user).toEqual([
    {
      path: 'C:\\Users\\ada\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json',
      rivals: ['C:\\Users\\ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json'],
    },
  ]);
});

test.each([
  ['claude-code', { CLAUDE_CONFIG_DIR: '/x' }, '/x/.claude.json'],
  ['codex', { CODEX_HOME: '/x' }, '/x/config.toml'],
  ['gemini-cli', { GEMINI_CLI_HOME: '/x' }, '/x/.gemini/settings.json'],
  ['copilot-cli', { COPILOT_HOME: '/x' }, '/x/mcp-config.json'],
  ['opencode', { OPENCODE_CONFIG: '/x/y.json' }, '/x/y.json'],
  ['opencode', { OPENCODE_CONFIG_DIR: '/x' }, '/x/opencode.json'],
  ['cline', { CLINE_MCP_SETTINGS_PATH: '/x/c.json' }, '/x/c.json'],
  ['cline', { CLINE_DIR: '/x' }, '/x/data/settings/cline_mcp_settings.json'],
  ['claude-desktop', { XDG_CONFIG_HOME: '/x' }, '/x/Claude/claude_desktop_config.json'],
  ['goose', { XDG_CONFIG_HOME: '/x' }, '/x/goose/config.yaml'],
])('%s honours %o', (id, env, path) => {
  expect(userFile(id, placeOf('linux', { env }))).toBe(path);
});

test('an existing opencode.jsonc is chosen over the default name', async () => {
  const targets = await findTargets({
    clients: clientsNamed(['opencode']),
    scope: 'user',
    place: placeOf('linux'),
    exists: async (path) => path.endsWith('opencode.jsonc'),
  });

  expect(targets.map(({ path }) => path)).toEqual(['/home/ada/.config/opencode/opencode.jsonc']);
});

test('clients that read .mcp.json share one target, and VS Code joins it instead of its own file', async () => {
  const find = (ids: string[]) =>
    findTargets({
      clients: clientsNamed(ids),
      scope: 'project',
      place: placeOf('linux', { project: '/p' }),
      exists: async () => false,
    });

  expect(
    (await find(['claude-code', 'vscode', 'copilot-cli'])).map(({ path, clients }) => [
      path,
      clients.map(({ id }) => id),
    ]),
  ).toEqual([['/p/.mcp.json', ['claude-code', 'vscode', 'copilot-cli']]]);
  expect((await find(['vscode'])).map(({ path, section }) => [path, section])).toEqual([
    ['/p/.vscode/mcp.json', ['servers']],
  ]);
});

test('detects by folder and by executable, and nothing on an empty machine', async () => {
  const home = await temporaryFolder();
  const bin = join(home, 'bin');
  const place = placeOf('linux', { home, env: { PATH: bin } });
  const found = async () =>
    (await detectClients(CLIENTS, place))
      .filter(({ isInstalled }) => isInstalled)
      .map(({ client, sign }) => [client.id, sign]);
  expect(await found()).toEqual([]);

  await mkdir(bin);
  await mkdir(join(home, '.cursor'));
  await writeFile(join(bin, 'codex'), '');

  expect(await found()).toEqual([
    ['cursor', join(home, '.cursor')],
    ['codex', join(bin, 'codex')],
  ]);
  expect(await exists(join(home, '.claude.json'))).toBe(false);
});

test('an unknown client id is refused and the known ones are named', () => {
  expect(() => clientsNamed(['claude'])).toThrow(expect.objectContaining({ code: 'CLIENT_UNKNOWN' }));
});
