import { spawn } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workbench } from '../workbench.ts';
import type { Case } from './case.ts';

const args = ['--only', 'clients', '--offline'];
const MANIFEST = '.config/claude/claude_desktop_config.json';
const DESKTOP = '.config/Claude/claude_desktop_config.json';
const CODE = '.claude.json';
const CURSOR = '.cursor/mcp.json';
const VSCODE = '.config/Code/User/mcp.json';
const CODEX = '.codex/config.toml';

const servers = (entries: object, key = 'mcpServers') => JSON.stringify({ [key]: entries }, null, 2);
const node = { command: 'node', args: ['server.js'] };

const file = (
  path: string,
  name: string,
  code: string,
  content: string | Buffer,
  more: Partial<Case> = {},
): Case => ({
  name,
  code,
  subject: path,
  args,
  build: (bench) => bench.write(path, content),
  ...more,
});

const entry = (path: string, name: string, code: string, value: object, more: Partial<Case> = {}): Case =>
  file(path, name, code, servers({ thing: value }), { subject: 'thing', ...more });

/** A server in the manifest and, through sync, in Claude Code. */
async function synced(bench: Workbench, names: readonly string[] = ['files']) {
  await bench.write(CODE, '{}');
  await bench.write(MANIFEST, servers(Object.fromEntries(names.map((name) => [name, node]))));
  await bench.mcpctl(['sync', '--yes']);
}

async function edit(bench: Workbench, path: string, change: (text: string) => string) {
  await bench.write(path, change(await readFile(join(bench.home, path), 'utf8')));
}

export const clientCases: readonly Case[] = [
  file(DESKTOP, 'a file that was cut off', 'CLIENT_FILE_SYNTAX', '{"mcpServers": {"a": {"command": "no'),
  file(DESKTOP, 'single quotes', 'CLIENT_FILE_SYNTAX', "{'mcpServers': {}}"),
  file(DESKTOP, 'a missing comma', 'CLIENT_FILE_SYNTAX', '{"mcpServers": {} "theme": "dark"}'),
  file(DESKTOP, 'a missing brace', 'CLIENT_FILE_SYNTAX', '{"mcpServers": {"a": {"command": "node"}}'),
  file(DESKTOP, 'something after the end', 'CLIENT_FILE_SYNTAX', '{"mcpServers": {}}\n}'),
  file(
    DESKTOP,
    'merge conflict markers',
    'CLIENT_FILE_SYNTAX',
    '{\n<<<<<<< HEAD\n"mcpServers": {}\n=======\n}',
  ),
  file(
    DESKTOP,
    'bytes that are no text',
    'CLIENT_FILE_UNREADABLE',
    Buffer.from([0x7b, 0xff, 0xfe, 0x80, 0x7d]),
  ),
  file(
    DESKTOP,
    'a file in UTF-16',
    'CLIENT_FILE_UNREADABLE',
    Buffer.from('\uFEFF{"mcpServers": {}}', 'utf16le'),
  ),
  file(DESKTOP, 'a comment in strict JSON', 'CLIENT_FILE_COMMENT', '{\n // mine\n "mcpServers": {}\n}'),
  file(DESKTOP, 'a trailing comma in strict JSON', 'CLIENT_FILE_TRAILING_COMMA', '{"mcpServers": {},}'),
  file(DESKTOP, 'a byte order mark', 'CLIENT_FILE_BYTE_ORDER_MARK', '\uFEFF{"mcpServers": {}}'),
  file(DESKTOP, 'a list where the servers belong', 'CLIENT_FILE_SHAPE', '{"mcpServers": []}'),
  file(DESKTOP, 'a list as the whole file', 'CLIENT_FILE_SHAPE', '[]'),
  file(CODE, 'the same key twice', 'CLIENT_FILE_DUPLICATE_KEY', '{"mcpServers": {}, "mcpServers": {}}', {
    severity: 'warning',
  }),
  file(CODEX, 'broken TOML', 'CLIENT_FILE_SYNTAX', '[mcp_servers.thing\ncommand = "node"\n'),
  file(VSCODE, 'the root key of Claude in VS Code', 'CLIENT_ROOT_KEY_WRONG', servers({ thing: node })),
  file(
    CURSOR,
    'the root key of VS Code in Cursor',
    'CLIENT_ROOT_KEY_WRONG',
    servers({ thing: node }, 'servers'),
  ),
  file(
    CODEX,
    'the root key of Claude in Codex',
    'CLIENT_ROOT_KEY_WRONG',
    '[mcpServers.thing]\ncommand = "node"\n',
  ),
  entry(DESKTOP, 'a url in Claude Desktop', 'CLIENT_URL_UNSUPPORTED', { url: 'https://mcp.linear.app/mcp' }),
  entry(CODE, 'a url without a type in Claude Code', 'CLIENT_ENTRY_INVALID', {
    url: 'https://mcp.linear.app/mcp',
  }),
  entry(CODE, 'arguments as one text', 'CLIENT_ENTRY_INVALID', { command: 'node', args: '-y thing' }),
  entry(CODE, 'a number in env', 'CLIENT_ENTRY_INVALID', { command: 'node', env: { PORT: 8080 } }),
  entry(CODE, 'an entry that starts nothing', 'CLIENT_ENTRY_INVALID', { args: ['x'] }),
  entry(
    DESKTOP,
    'a reference Claude Desktop does not know',
    'CLIENT_REFERENCE_LITERAL',
    { ...node, env: { T: '${TOKEN}' } },
    {
      severity: 'warning',
    },
  ),
  entry(CODE, 'a program that was removed', 'CLIENT_COMMAND_MISSING', {
    command: '/opt/node-18/bin/npx',
    args: [],
  }),
  entry(CODE, 'a program that is not on PATH', 'CLIENT_COMMAND_MISSING', { command: 'uvx', args: ['x'] }),
  {
    ...entry(DESKTOP, 'npx that the desktop does not find', 'COMMAND_NOT_ON_GUI_PATH', {
      command: 'npx',
      args: ['x'],
    }),
    severity: 'warning',
    async build(bench) {
      await bench.write(DESKTOP, servers({ thing: { command: 'npx', args: ['x'] } }));
      await bench.write('.config/environment.d/path.conf', 'PATH=/nonexistent/bin\n');
    },
  },
  {
    name: 'an entry of the manifest whose npx the desktop does not find',
    code: 'COMMAND_NOT_ON_GUI_PATH',
    severity: 'warning',
    subject: 'thing',
    args: ['--only', 'machine', '--offline'],
    async build(bench) {
      await bench.write(DESKTOP, '{}');
      await bench.write(MANIFEST, servers({ thing: { command: 'npx', args: ['x'] } }));
      await bench.write('.config/environment.d/path.conf', 'PATH=/nonexistent/bin\n');
    },
  },
  entry(
    CURSOR,
    'a secret in clear text',
    'CLIENT_SECRET_LITERAL',
    { ...node, env: { GITHUB_TOKEN: `ghp_${'a1B2c3D4e5F6'.repeat(3)}` } },
    { severity: 'warning' },
  ),
  {
    name: 'the same name in two scopes',
    code: 'CLIENT_NAME_TWICE',
    severity: 'warning',
    subject: 'thing',
    args,
    async build(bench) {
      await bench.write(CODE, servers({ thing: node }));
      await bench.write('project/.claude/claude_desktop_config.json', servers({}));
      await bench.write('project/.mcp.json', servers({ thing: { command: 'node', args: ['other.js'] } }));
    },
  },
  {
    name: 'an entry that the client wiped',
    code: 'CLIENT_ENTRY_MISSING',
    args,
    async build(bench) {
      await synced(bench);
      await bench.write(CODE, '{}');
    },
  },
  {
    name: 'an entry that somebody edited',
    code: 'CLIENT_ENTRY_EDITED',
    severity: 'warning',
    args,
    async build(bench) {
      await synced(bench);
      await edit(bench, CODE, (text) => text.replace('"args"', '"env": {"EXTRA": "1"}, "args"'));
    },
  },
  {
    name: 'an entry whose Node is gone',
    code: 'CLIENT_ENTRY_STALE',
    args,
    async build(bench) {
      await synced(bench);
      await edit(bench, CODE, (text) =>
        text.replace(JSON.stringify(process.execPath), '"/opt/node-18/bin/node"'),
      );
    },
  },
  {
    name: 'an entry whose mcpctl is gone',
    code: 'CLIENT_ENTRY_STALE',
    args,
    async build(bench) {
      await synced(bench);
      await edit(bench, CODE, (text) => text.replace(/"[^"]*mcpctl\.js"/, '"/opt/old/bin/mcpctl.js"'));
    },
  },
  {
    name: 'an entry of a server that was removed by hand',
    code: 'CLIENT_ENTRY_LEFTOVER',
    severity: 'warning',
    args,
    async build(bench) {
      await synced(bench, ['files', 'other']);
      await bench.write(MANIFEST, servers({ other: node }));
    },
  },
  {
    name: 'a server that was never synced to a client that is',
    code: 'CLIENT_ENTRY_UNSYNCED',
    severity: 'warning',
    args,
    async build(bench) {
      await synced(bench);
      await bench.write(MANIFEST, servers({ files: node, fresh: node }));
    },
  },
  {
    name: 'an entry of another tool under a name of the manifest',
    code: 'CLIENT_ENTRY_CONFLICT',
    args,
    async build(bench) {
      await bench.write(CODE, servers({ files: { command: 'node', args: ['/theirs.js'] } }));
      await bench.write(MANIFEST, servers({ files: node }));
    },
  },
  {
    name: 'a record of synced entries that is damaged',
    code: 'CLIENT_RECORD_BROKEN',
    args,
    async build(bench) {
      await synced(bench);
      await bench.write('.local/state/mcpctl/clients.json', '{"version":');
    },
  },
  {
    name: 'a name the client keeps for itself',
    code: 'CLIENT_ENTRY_UNSUPPORTED',
    severity: 'warning',
    subject: 'workspace',
    args,
    build: (bench) => bench.write(CODE, servers({ workspace: node })),
  },
  {
    name: 'a client that would overwrite the change from memory',
    code: 'CLIENT_RUNNING',
    severity: 'warning',
    subject: 'claude-desktop',
    args,
    async build(bench) {
      await bench.write(DESKTOP, '{}');
      await bench.write(MANIFEST, servers({ files: node }));
      const program = await bench.folder('claude-desktop');
      await copyFile(process.execPath, join(program, 'app'));
      const app = spawn(join(program, 'app'), ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      bench.onCleanUp(() => app.kill('SIGKILL'));
    },
  },
  withTools(
    'more tools than the client takes',
    'CLIENT_TOO_MANY_TOOLS',
    Array.from({ length: 41 }, (_, index) => `tool_${index}`),
  ),
  withTools('a tool whose name is too long', 'CLIENT_TOOL_NAME_TOO_LONG', ['a_'.repeat(40)]),
];

/** A synced server in Cursor whose lock knows these tools. */
function withTools(name: string, code: string, tools: readonly string[]): Case {
  const hash = 'a'.repeat(64);
  const locked = {
    source: { type: 'command' },
    lockedAt: '2026-01-01T00:00:00.000Z',
    tools: {
      protocolVersion: '2025-11-25',
      hash,
      tools: Object.fromEntries(tools.map((tool) => [tool, hash])),
    },
  };
  return {
    name,
    code,
    severity: 'warning',
    subject: 'cursor',
    args,
    async build(bench) {
      await bench.write(CURSOR, '{}');
      await bench.write(MANIFEST, servers({ files: node }));
      await bench.write(
        '.config/claude/mcpctl-lock.json',
        JSON.stringify({ lockfileVersion: 1, servers: { files: locked } }),
      );
      await bench.mcpctl(['sync', '--yes']);
    },
  };
}
