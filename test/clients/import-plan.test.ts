import { expect, test } from 'vitest';
import { clientsNamed } from '../../src/clients/all.ts';
import { type ImportInput, type ImportPlan, planImport } from '../../src/clients/import-plan.ts';
import type { ServerEntry } from '../../src/manifest/entry.ts';
import { fileOf } from './planning.ts';

const GITHUB = `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}`;
const OTHER = `ghp_${'zY8xW6vU4tS2rQ0pO8nM6lK4jI2hG0fE8dC6'}`;

function plan(files: Record<string, string>, changes: Partial<ImportInput> = {}): Promise<ImportPlan> {
  return planImport({
    files: Object.entries(files).map(([id, text]) => {
      const [client] = clientsNamed([id]);
      if (!client) throw new Error(id);
      return fileOf(client, text);
    }),
    manifests: { user: new Map() },
    record: {},
    ...changes,
  });
}

const entries = ({ servers }: ImportPlan): Record<string, ServerEntry> =>
  Object.fromEntries(servers.map(({ name, entry }) => [name, entry]));

test.each<[string, string, ServerEntry]>([
  [
    'cursor',
    '{"mcpServers":{"a":{"command":"x","env":{"T":"${env:T}"}}}}',
    { command: 'x', env: { T: '${T}' } },
  ],
  [
    'vscode',
    '{"servers":{"a":{"type":"http","url":"https://a.example/mcp","headers":{"X":"${env:K}"}}}}',
    { url: 'https://a.example/mcp', headers: { X: '${K}' } },
  ],
  [
    'opencode',
    '{"mcp":{"a":{"type":"local","command":["x","y"],"environment":{"T":"{env:T}"}}}}',
    { command: 'x', args: ['y'], env: { T: '${T}' } },
  ],
  ['opencode', '{"mcp":{"servers":{"a":{"type":"local","command":["x"]}}}}', { command: 'x' }],
  [
    'gemini-cli',
    '{"mcpServers":{"a":{"command":"x","env":{"T":"$T"}}}}',
    { command: 'x', env: { T: '${T}' } },
  ],
  [
    'gemini-cli',
    '{"mcpServers":{"a":{"httpUrl":"https://a.example/mcp"}}}',
    { url: 'https://a.example/mcp' },
  ],
  ['codex', '[mcp_servers.a]\ncommand = "x"\nenv_vars = ["T"]\n', { command: 'x', env: { T: '${T}' } }],
  [
    'codex',
    '[mcp_servers.a]\nurl = "https://a.example/mcp"\nbearer_token_env_var = "T"\n',
    { url: 'https://a.example/mcp', headers: { Authorization: 'Bearer ${T}' } },
  ],
  [
    'goose',
    'extensions:\n  a:\n    type: stdio\n    name: a\n    enabled: true\n    cmd: x\n    args: []\n    env_keys: [T]\n',
    { command: 'x', env: { T: '${T}' } },
  ],
  [
    'claude-code',
    '{"mcpServers":{"a":{"type":"sse","url":"https://a.example/sse"}}}',
    { url: 'https://a.example/sse', type: 'sse' },
  ],
  [
    'cline',
    '{"mcpServers":{"a":{"transport":{"type":"stdio","command":"x"},"disabled":true}}}',
    { command: 'x', disabled: true },
  ],
  [
    'windsurf',
    '{"mcpServers":{"a":{"serverUrl":"https://a.example/mcp"}}}',
    { url: 'https://a.example/mcp' },
  ],
  [
    'zed',
    '{"context_servers":{"a":{"command":{"path":"x","args":["y"],"env":{}}}}}',
    { command: 'x', args: ['y'] },
  ],
])('%s: %s', async (id, text, expected) => {
  expect(entries(await plan({ [id]: text }))).toEqual({ a: expected });
});

test('literal secrets become references and are handed over by name', async () => {
  const { servers, secrets } = await plan({
    'claude-desktop': JSON.stringify({
      mcpServers: {
        github: {
          command: 'npx',
          args: ['-y', 'g', '--token', OTHER],
          env: { GITHUB_TOKEN: GITHUB, LEVEL: 'high' },
        },
      },
    }),
    cursor: JSON.stringify({
      mcpServers: { api: { url: 'https://a.example/mcp', headers: { Authorization: `Bearer ${GITHUB}` } } },
    }),
  });

  expect(servers.map(({ entry }) => entry)).toEqual(
    [
      {
        command: 'npx',
        args: ['-y', 'g', '--token', '${GITHUB_TOKEN_2}'],
        env: { GITHUB_TOKEN: '${GITHUB_TOKEN}', LEVEL: 'high' },
      },
      { url: 'https://a.example/mcp', headers: { Authorization: 'Bearer ${API_TOKEN}' } },
    ].map((entry) => expect.objectContaining(entry)),
  );
  expect([...secrets.values()].sort()).toEqual([GITHUB, GITHUB, OTHER].sort());
  expect(JSON.stringify(servers)).not.toMatch(/ghp_/);
});

test('a name that stands for something else already is not given away', async () => {
  const text = JSON.stringify({ mcpServers: { github: { command: 'x', env: { GITHUB_TOKEN: GITHUB } } } });

  const taken = await plan({ cursor: text }, { reserved: new Map([['GITHUB_TOKEN', OTHER]]) });
  expect(entries(taken)).toEqual({ github: { command: 'x', env: { GITHUB_TOKEN: '${GITHUB_TOKEN_2}' } } });
  expect([...taken.secrets]).toEqual([['GITHUB_TOKEN_2', GITHUB]]);

  const same = await plan({ cursor: text }, { reserved: new Map([['GITHUB_TOKEN', GITHUB]]) });
  expect([...same.secrets]).toEqual([['GITHUB_TOKEN', GITHUB]]);
});

test('our own entries are not imported, names are made usable, equal servers count once', async () => {
  const { servers, problems } = await plan({
    cursor:
      '{"mcpServers":{"m":{"command":"/n","args":["/x/mcpctl.js","run","m"]},"My Server":{"command":"x"},"same":{"command":"s"}}}',
    warp: '{"mcpServers":{"same":{"command":"s"}}}',
  });

  expect(problems).toEqual([]);
  expect(servers.map(({ name, sources }) => [name, sources.map(({ clients }) => clients[0])])).toEqual([
    ['my', ['cursor']],
    ['same', ['cursor', 'warp']],
  ]);
});

test('what differs from the manifest or from another client is left there and named', async () => {
  const { servers, problems } = await plan(
    {
      cursor: '{"mcpServers":{"a":{"command":"x"},"b":{"command":"y"}}}',
      warp: '{"mcpServers":{"b":{"command":"z"},"c":{}}}',
    },
    { manifests: { user: new Map([['a', { command: 'other' }]]) } },
  );

  expect(servers.map(({ name }) => name)).toEqual(['b']);
  expect(problems.map(({ code, server }) => [code, server])).toEqual([
    ['CLIENT_ENTRY_CONFLICT', 'a'],
    ['CLIENT_ENTRY_UNSUPPORTED', 'c'],
    ['CLIENT_ENTRY_CONFLICT', 'b'],
  ]);
});

test('a broken file is a warning, the others are imported', async () => {
  const { servers, problems } = await plan({ cursor: '{', warp: '{"mcpServers":{"b":{"command":"z"}}}' });

  expect(servers).toHaveLength(1);
  expect(problems).toMatchObject([{ code: 'CLIENT_FILE_BROKEN', severity: 'warning' }]);
});
