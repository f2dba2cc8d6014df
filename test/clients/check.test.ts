import { expect, test } from 'vitest';
import { CLIENTS, clientsNamed } from '../../src/clients/all.ts';
import { checkEntry } from '../../src/clients/check.ts';
import { type ClientEntry, sameEntry } from '../../src/clients/entry.ts';
import { fleetingLauncher, managedEntry, partsOfManaged } from '../../src/clients/managed.ts';
import { readReferences, writeReferences } from '../../src/clients/references.ts';

const stdio = (changes: object = {}): ClientEntry => ({
  kind: 'stdio',
  command: 'node',
  args: ['s.js'],
  env: {},
  ...changes,
});
const remote = (changes: object = {}): ClientEntry => ({
  kind: 'remote',
  url: 'https://a.example/mcp',
  headers: {},
  transport: 'http',
  ...changes,
});
const launcher = { node: '/opt/node', script: '/opt/mcpctl/bin/mcpctl.js' };

const check = (id: string, entry: ClientEntry, name = 'linear', platform: NodeJS.Platform = 'linux') => {
  const [client] = clientsNamed([id]);
  if (!client) throw new Error(id);
  return checkEntry({ client, name, entry, platform }).map(({ code, severity }) => `${severity} ${code}`);
};

test.each(CLIENTS.map((client) => [client.id, client] as const))(
  '%s takes the managed entry, and reads it back as the same',
  (_id, client) => {
    const entry = managedEntry({ name: 'linear', scope: 'user', launcher, env: { XDG_STATE_HOME: '/s' } });

    expect(checkEntry({ client, name: 'linear', entry, platform: 'linux' })).toEqual([]);
    const encoded = client.shape.encode(entry, 'linear');
    const decoded = client.shape.decode(encoded);
    expect(decoded).toEqual(entry);
    expect(partsOfManaged(decoded ?? remote())).toEqual({ server: 'linear', ...launcher });
    expect(
      Object.keys(encoded)
        .filter((key) => !client.shape.launchKeys.includes(key))
        .sort(),
    ).toEqual({ 'copilot-cli': ['tools'], goose: ['description', 'enabled'] }[client.id] ?? []);
  },
);

test.each(
  CLIENTS.filter(({ shape }) => shape.transports.includes('http')).map(
    (client) => [client.id, client] as const,
  ),
)('%s takes a remote entry with a plain header, and reads it back', (_id, client) => {
  const entry = remote({ headers: { 'X-Team': 'a' } });

  expect(checkEntry({ client, name: 'linear', entry, platform: 'linux' })).toEqual([]);
  expect(sameEntry(client.shape.decode(client.shape.encode(entry, 'linear')) ?? stdio(), entry)).toBe(true);
});

test.each(CLIENTS.map((client) => [client.id, client] as const))(
  '%s: what it accepts with a reference comes back with the same reference',
  (_id, client) => {
    const entry = stdio({ env: { TOKEN: '${TOKEN}' } });
    const refused = checkEntry({ client, name: 'x', entry, platform: 'linux' }).some(
      ({ severity }) => severity === 'error',
    );
    expect(refused).toBe(
      ['claude-desktop', 'zed', 'jetbrains-ai', 'junie', 'lm-studio', 'warp'].includes(client.id),
    );
    if (refused) return;
    const encoded = client.shape.encode(writeReferences(entry, client.references), 'x');
    expect(JSON.stringify(encoded)).toContain('TOKEN');
    const decoded = client.shape.decode(encoded);
    expect(decoded && readReferences(decoded, client.references)).toEqual(entry);
  },
);

test.each([
  ['cursor', { env: { T: '${env:T}' } }],
  ['vscode', { type: 'stdio', env: { T: '${env:T}' } }],
  ['opencode', { type: 'local', environment: { T: '{env:T}' } }],
  ['codex', { env_vars: ['T'] }],
  ['goose', { env_keys: ['T'] }],
  ['gemini-cli', { env: { T: '${T}' } }],
  ['cline', { type: 'stdio', env: { T: '${env:T}' } }],
])('%s gets references in its own spelling', (id, shape) => {
  const [client] = clientsNamed([id]);
  const entry = stdio({ env: { T: '${T}' } });

  expect(client?.shape.encode(writeReferences(entry, client.references), 'x')).toMatchObject(shape);
});

test('Codex gets header references under their own keys', () => {
  const [client] = clientsNamed(['codex']);
  const entry = remote({ headers: { Authorization: 'Bearer ${T}', 'X-Key': '${K}', 'X-Plain': 'p' } });

  const encoded = client?.shape.encode(entry, 'x');

  expect(encoded).toEqual({
    url: 'https://a.example/mcp',
    bearer_token_env_var: 'T',
    env_http_headers: { 'X-Key': 'K' },
    http_headers: { 'X-Plain': 'p' },
  });
  expect(client?.shape.decode(encoded ?? {})).toEqual(entry);
});

test.each<[string, string, ClientEntry, string[]]>([
  ['a URL', 'claude-desktop', remote(), ['error CLIENT_ENTRY_UNSUPPORTED']],
  ['a URL', 'junie', remote(), ['error CLIENT_ENTRY_UNSUPPORTED']],
  ['SSE', 'codex', remote({ transport: 'sse' }), ['error CLIENT_ENTRY_UNSUPPORTED']],
  ['SSE', 'goose', remote({ transport: 'sse' }), ['error CLIENT_ENTRY_UNSUPPORTED']],
  ['a working folder', 'cursor', stdio({ cwd: '/w' }), ['error CLIENT_ENTRY_UNSUPPORTED']],
  ['a working folder', 'warp', stdio({ cwd: '/w' }), []],
  ['a reference', 'zed', stdio({ env: { A: '${A}' } }), ['error CLIENT_SECRET_EXPOSED']],
  [
    'a keychain reference',
    'claude-code',
    stdio({ env: { A: '${keychain:a}' } }),
    ['error CLIENT_SECRET_EXPOSED'],
  ],
  ['a fallback', 'cursor', stdio({ env: { A: '${A:-b}' } }), ['error CLIENT_SECRET_EXPOSED']],
  ['a renamed variable', 'codex', stdio({ env: { A: '${B}' } }), ['error CLIENT_SECRET_EXPOSED']],
  ['a reference in args', 'codex', stdio({ args: ['${B}'] }), ['error CLIENT_SECRET_EXPOSED']],
  ['a reference in a URL', 'amp', remote({ url: 'https://${H}/mcp' }), ['error CLIENT_SECRET_EXPOSED']],
  ['PATH', 'goose', stdio({ env: { PATH: '/x' } }), ['error CLIENT_ENTRY_UNSUPPORTED']],
  ['plain http', 'kiro', remote({ url: 'http://a.example/mcp' }), ['error CLIENT_ENTRY_UNSUPPORTED']],
  ['http on localhost', 'kiro', remote({ url: 'http://localhost:1/mcp' }), []],
  ['a reference', 'kiro', stdio({ env: { A: '${A}' } }), ['warning CLIENT_SECRET_EXPOSED']],
  ['a reference', 'gemini-cli', stdio({ env: { A: '${A}' } }), ['warning CLIENT_SECRET_EXPOSED']],
])('%s in %s', (_what, id, entry, expected) => {
  expect(check(id, entry)).toEqual(expected);
});

test('names a client would misread are refused for that client only', () => {
  expect(check('gemini-cli', stdio(), 'my_server')).toEqual(['error CLIENT_ENTRY_UNSUPPORTED']);
  expect(check('claude-code', stdio(), 'my_server')).toEqual([]);
  expect(check('opencode', stdio(), 'timeout')).toEqual(['error CLIENT_ENTRY_UNSUPPORTED']);
  expect(check('goose', stdio(), 'Linear')).toEqual(['error CLIENT_ENTRY_UNSUPPORTED']);
  expect(check('cursor', stdio(), '__proto__')).toEqual(['error CLIENT_ENTRY_UNSUPPORTED']);
});

test('spaces in arguments are warned about where Windows clients split them', () => {
  const entry = stdio({ args: ['C:\\Program Files\\mcpctl.js'] });

  expect(check('cursor', entry, 'x', 'win32')).toEqual(['warning CLIENT_ENTRY_UNSUPPORTED']);
  expect(check('cursor', entry, 'x', 'linux')).toEqual([]);
  expect(check('codex', entry, 'x', 'win32')).toEqual([]);
});

test('no message repeats a value that may be secret', () => {
  for (const client of CLIENTS) {
    const problems = checkEntry({
      client,
      name: 'x',
      platform: 'linux',
      entry: remote({
        url: 'https://u:hunter2@a.example/mcp?key=hunter2',
        headers: { A: '${A:-hunter2}' },
        transport: 'sse',
      }),
    });
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  }
});

test('a project entry names mcpctl alone and carries no variables of this machine', () => {
  expect(managedEntry({ name: 'a', scope: 'project', launcher, env: { XDG_STATE_HOME: '/s' } })).toEqual({
    kind: 'stdio',
    command: 'mcpctl',
    args: ['run', 'a', '--scope', 'project'],
    env: {},
  });
});

test.each([
  ['/home/ada/.npm/_npx/0f1/node_modules/mcpctl/bin/mcpctl.js', true],
  ['C:\\Users\\ada\\AppData\\Local\\npm-cache\\_npx\\0f1\\node_modules\\mcpctl\\bin\\mcpctl.js', true],
  ['/home/ada/.cache/pnpm/dlx-123/node_modules/mcpctl/bin/mcpctl.js', true],
  ['/usr/lib/node_modules/mcpctl/bin/mcpctl.js', false],
])('an mcpctl at %s may vanish: %s', (script, expected) => {
  expect(fleetingLauncher({ node: '/opt/node', script }) !== undefined).toBe(expected);
});

test.each([
  ['stdio', { env: { GITHUB_TOKEN: `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}` } }],
  ['remote', { headers: { Authorization: `Bearer ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}` } }],
])('a literal secret of a %s entry is refused for every client', (kind, changes) => {
  for (const { id } of CLIENTS) {
    const entry = kind === 'stdio' ? stdio(changes) : remote(changes);
    expect(check(id, entry)).toContain('error CLIENT_SECRET_EXPOSED');
  }
});
