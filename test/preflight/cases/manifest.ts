import type { Case } from './case.ts';

const args = ['--only', 'manifest', '--offline'];
const MANIFEST = '.config/claude/claude_desktop_config.json';
const LOCK = '.config/claude/mcpctl-lock.json';

const text = (name: string, code: string, content: string | Buffer, more: Partial<Case> = {}): Case => ({
  name,
  code,
  args,
  build: (bench) => bench.write(MANIFEST, content),
  ...more,
});

const entry = (name: string, code: string, value: unknown, more: Partial<Case> = {}): Case =>
  text(name, code, JSON.stringify({ mcpServers: { thing: value } }), { subject: 'thing', ...more });

export const manifestCases: readonly Case[] = [
  text('a manifest that was cut off', 'MANIFEST_SYNTAX', '{"mcpServers": {"a": {'),
  text('a manifest in UTF-16', 'MANIFEST_SYNTAX', Buffer.from('\uFEFF{"mcpServers": {}}', 'utf16le')),
  text('a manifest with a byte order mark', 'MANIFEST_BYTE_ORDER_MARK', '\uFEFF{"mcpServers": {}}', {
    severity: 'warning',
  }),
  text(
    'a manifest with the same server twice',
    'MANIFEST_DUPLICATE_KEY',
    '{"mcpServers": {"a": {"command": "x"}, "a": {"command": "y"}}}',
  ),
  text(
    'a manifest with the root key of VS Code',
    'MANIFEST_ROOT_KEY_WRONG',
    '{"servers": {"a": {"command": "x"}}}',
  ),
  text('a server at the root of the manifest', 'MANIFEST_ROOT_KEY_WRONG', '{"a": {"command": "x"}}'),
  text('a manifest whose servers are a list', 'MANIFEST_SHAPE', '{"mcpServers": [{"command": "x"}]}'),
  entry('an entry that starts nothing', 'MANIFEST_ENTRY_INVALID', { args: ['x'] }),
  entry('an entry with both command and url', 'MANIFEST_ENTRY_INVALID', {
    command: 'x',
    url: 'https://x.test/mcp',
  }),
  entry('arguments that are no list', 'MANIFEST_ENTRY_INVALID', { command: 'x', args: 'y' }),
  entry('a secret in clear text', 'MANIFEST_SECRET_LITERAL', {
    command: 'x',
    env: { TOKEN: `ghp_${'a1B2c3D4e5F6'.repeat(3)}` },
  }),
  entry('a url without https', 'MANIFEST_URL', { url: 'mcp.linear.app/mcp' }),
  entry(
    'a package without a version',
    'MANIFEST_ADVICE',
    { command: 'npx', args: ['-y', 'some-server'] },
    { severity: 'info' },
  ),
  entry('a reference of another client', 'MANIFEST_REFERENCE', { command: 'x', env: { T: '${env:TOKEN}' } }),
  text('a name clients refuse', 'MANIFEST_NAME', '{"mcpServers": {"My Server": {"command": "x"}}}', {
    severity: 'warning',
  }),
  {
    name: 'a folder where the manifest belongs',
    code: 'MANIFEST_UNREADABLE',
    args,
    build: (bench) => bench.folder(MANIFEST),
  },
  {
    name: 'a lock that is cut off',
    code: 'LOCK_FILE_INVALID',
    args,
    async build(bench) {
      await bench.write(MANIFEST, '{"mcpServers": {}}');
      await bench.write(LOCK, '{"lockfileVersion": 1, "servers": {');
    },
  },
  {
    name: 'a lock of a newer mcpctl',
    code: 'LOCK_FILE_INVALID',
    args,
    async build(bench) {
      await bench.write(MANIFEST, '{"mcpServers": {}}');
      await bench.write(LOCK, '{"lockfileVersion": 9, "servers": {}}');
    },
  },
  {
    name: 'a lock with a server the manifest does not have',
    code: 'LOCK_LEFTOVER',
    severity: 'info',
    args,
    async build(bench) {
      await bench.write(MANIFEST, '{"mcpServers": {}}');
      const gone = { source: { type: 'command' }, lockedAt: '2026-01-01T00:00:00.000Z' };
      await bench.write(LOCK, JSON.stringify({ lockfileVersion: 1, servers: { gone } }));
    },
  },
  {
    name: 'a broken manifest of the project',
    code: 'MANIFEST_SYNTAX',
    subject: 'project',
    args,
    build: (bench) => bench.write('project/.claude/claude_desktop_config.json', '{'),
  },
];
