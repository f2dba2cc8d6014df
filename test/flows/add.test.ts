import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readHome } from '../../src/platform/env.ts';
import {
  type Answer,
  emptyHome,
  type Finished,
  type Home,
  mcpctl,
  mcpctlJson,
  start,
  temporaryFolder,
} from '../support/cli.ts';
import { startSecretService } from '../support/secret-service.ts';

const CACHE = {
  npm_config_cache: process.env.npm_config_cache ?? `${readHome(process.env, process.platform)}/.npm`,
};
const LONG = 240_000;
/** Shaped like a key; put together here so that no scanner takes the file for a leak. */
const SECRET = ['ghp', 'R2D2c3poQ8vTz5LwKjXn7YbMfUe4AhSd1gVi'].join('_');

/** A HOME with Claude Code and Cursor on it. */
async function homeWithClients(extra: Record<string, string> = {}): Promise<Home> {
  const home = await emptyHome({ ...CACHE, ...extra });
  await mkdir(join(home.home, '.cursor'));
  await writeFile(join(home.home, '.claude.json'), '{}\n');
  return home;
}

/** `--json` goes before a `--`, behind which words belong to someone else. */
async function answerOf(
  [name = '', ...words]: readonly string[],
  home: Home,
): Promise<Finished & { document: Answer }> {
  const finished = await mcpctl([name, '--json', ...words], home);
  return { ...finished, document: JSON.parse(finished.stdout) as Answer };
}

async function jsonOf(...path: string[]): Promise<{ mcpServers: Record<string, unknown> }> {
  return JSON.parse(await readFile(join(...path), 'utf8'));
}

async function filesBelow(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test(
  'adds a server to manifest, lock and clients, and remove leaves none of it',
  async () => {
    const home = await homeWithClients();
    const manifest = join(home.home, '.config/claude/claude_desktop_config.json');
    const servers = join(home.home, '.local/share/mcpctl/servers');

    const { status, document } = await mcpctlJson(['add', 'memory', 'filesystem', '--set', 'folder=.'], {
      ...home,
      deadline: LONG,
    });
    expect(status).toBe(0);
    expect(document.data.failed).toEqual([]);
    expect(document.data.added).toMatchObject([
      {
        name: 'memory',
        firstCall: { tool: 'read_graph', isError: false },
        clients: ['Claude Code', 'Cursor'],
      },
      {
        name: 'filesystem',
        firstCall: { tool: 'list_allowed_directories', text: expect.stringContaining(home.home) },
      },
    ]);
    expect(await jsonOf(manifest)).toMatchObject({
      mcpServers: {
        memory: {
          command: 'npx',
          args: ['-y', expect.stringMatching(/^@modelcontextprotocol\/server-memory@\d/)],
        },
        filesystem: { args: ['-y', expect.any(String), home.home] },
      },
    });
    const lock = await jsonOf(manifest, '..', 'mcpctl-lock.json');
    expect(lock).toMatchObject({
      servers: {
        memory: {
          source: { type: 'npm', integrity: expect.stringMatching(/^sha512-/) },
          tools: { hash: expect.any(String) },
        },
      },
    });
    expect(Object.keys((await jsonOf(home.home, '.cursor/mcp.json')).mcpServers)).toEqual([
      'memory',
      'filesystem',
    ]);

    const again = await mcpctlJson(['add', 'memory'], home);
    expect(again).toMatchObject({ status: 2, document: { error: { code: 'SERVER_EXISTS' } } });

    await rm(join(servers, 'memory'), { recursive: true });
    const restored = await mcpctlJson(['add', 'memory'], { ...home, deadline: LONG });
    expect(restored.document.data.restored).toMatchObject([{ name: 'memory' }]);
    expect(await jsonOf(manifest, '..', 'mcpctl-lock.json')).toEqual(lock);

    const gone = await mcpctlJson(['remove', 'memory', 'filesystem', '--yes'], home);
    expect(gone.status).toBe(0);
    expect(await filesBelow(join(home.home, '.local/share'))).toEqual([]);
    expect(await filesBelow(join(home.home, '.config'))).toEqual([]);
    expect((await jsonOf(home.home, '.cursor/mcp.json')).mcpServers).toEqual({});
  },
  LONG,
);

test(
  'gives a server that needs a newer Node its own, and calls it',
  async () => {
    const home = await homeWithClients();
    const database = join(home.home, 'data.db');
    const env = { ...home.env, DSN: `sqlite://${database}` };
    await writeFile(database, '');
    const { status, document } = await mcpctlJson(['add', 'sqlite', '--no-sync'], {
      ...home,
      env,
      deadline: LONG,
    });

    expect(document.error).toBeUndefined();
    expect(status).toBe(0);
    const [added] = document.data.added;
    expect(added.firstCall).toMatchObject({ tool: 'search_objects', isError: false });
    if (process.versions.node.startsWith('20.')) {
      expect(added.runtime).toMatchObject({
        package: expect.stringMatching(/^node-/),
        integrity: expect.any(String),
      });
      const node = execFileSync(join(added.folder, 'node_modules/node-runtime-22/bin/node'), ['--version']);
      expect(node.toString()).toMatch(/^v22\./);
    }
  },
  LONG,
);

test('shows the plan and writes nothing with --dry-run', async () => {
  const home = await homeWithClients();
  const before = await filesBelow(home.home);
  const finished = await mcpctl(['add', 'linear', '--dry-run'], home);

  expect(finished).toMatchObject({ status: 0, stdout: 'Nothing was done (--dry-run).\n' });
  expect(finished.stderr).toContain('https://mcp.linear.app/mcp');
  expect(await filesBelow(home.home)).toEqual(before);
});

test('adds a server one signs in to without starting it, and says what comes next', async () => {
  const home = await homeWithClients();
  const { document } = await mcpctlJson(['add', 'linear', '--write'], home);

  expect(document.data.added).toMatchObject([
    {
      name: 'linear',
      notStarted: expect.stringMatching(/^not signed in yet: .+\.$/),
      next: ['mcpctl auth login linear', 'mcpctl add linear --auth api-key --force'],
    },
  ]);
  expect((await jsonOf(home.home, '.config/claude/claude_desktop_config.json')).mcpServers).toMatchObject({
    linear: { url: 'https://mcp.linear.app/mcp', auth: 'oauth' },
  });
});

test('understands what people type for claude mcp add', async () => {
  const home = await homeWithClients();
  const words = [
    'add',
    'mine',
    '-s',
    'user',
    '-e',
    'TOKEN=${TOKEN}',
    '--no-verify',
    '--',
    'my-server',
    '--flag',
    '-e',
    'x',
  ];
  const { status } = await answerOf(words, home);
  const remote = [
    'add',
    'theirs',
    'https://mcp.example.com/mcp',
    '-t',
    'http',
    '-H',
    'X-Region: eu',
    '--no-verify',
  ];
  const other = await mcpctlJson(remote, home);

  expect([status, other.status]).toEqual([0, 0]);
  expect((await jsonOf(home.home, '.config/claude/claude_desktop_config.json')).mcpServers).toEqual({
    mine: { command: 'my-server', args: ['--flag', '-e', 'x'], env: { TOKEN: '${TOKEN}' } },
    theirs: { url: 'https://mcp.example.com/mcp', headers: { 'X-Region': 'eu' } },
  });
});

test.each([
  [['add', 'x', '-e', `API_KEY=${SECRET}`, '--', 'my-server'], 'SECRET_ON_COMMAND_LINE'],
  [['add', 'npm:nothing-like-this-exists-here-mcp'], 'PACKAGE_NOT_FOUND'],
  [['add', 'filesystem'], 'VALUE_MISSING'],
  [['add', 'brave-search'], 'KEYCHAIN_UNAVAILABLE'],
  [['add', 'brave-search', '--store', 'env'], 'SECRET_MISSING'],
  [['add', '--name', 'Not A Name', 'linear'], 'SERVER_NAME_INVALID'],
  [['add', 'memory', 'linear', '--name', 'x'], 'USAGE'],
  [['remove', 'nobody', '--yes'], 'SERVER_UNKNOWN'],
])('%j is refused and leaves nothing', async (words, code) => {
  const home = await homeWithClients();
  const before = await filesBelow(home.home);
  const { status, document, stdout, stderr } = await answerOf(words, home);

  expect(document.error).toMatchObject({ code, hint: expect.any(String) });
  expect(status).not.toBe(0);
  expect(`${stdout}${stderr}`).not.toContain('R2D2c3po');
  expect((await filesBelow(home.home)).filter((file) => !file.includes('/locks/'))).toEqual(before);
});

test('takes everything back when the server does not start, and keeps the good one', async () => {
  const home = await homeWithClients();
  const project = await temporaryFolder();
  await writeFile(join(project, 'broken.js'), 'process.exit(3);\n');
  const alone = await mcpctlJson(['add', join(project, 'broken.js')], home);
  const both = await mcpctlJson(['add', join(project, 'broken.js'), 'linear'], home);

  expect(alone.document.error).toMatchObject({ code: 'SERVER_EXITED' });
  expect(both.status).toBe(alone.status);
  expect(both.document.data).toMatchObject({
    added: [{ name: 'linear' }],
    failed: [{ name: 'broken', code: 'SERVER_EXITED' }],
  });
  const { mcpServers } = await jsonOf(home.home, '.config/claude/claude_desktop_config.json');
  expect(Object.keys(mcpServers)).toEqual(['linear']);
  expect(Object.keys((await jsonOf(home.home, '.cursor/mcp.json')).mcpServers)).toEqual(['linear']);
});

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'leaves nothing that looks installed after %s in the middle of a download',
  async (signal) => {
    const home = await homeWithClients();
    const real = execFileSync('/bin/sh', ['-c', 'command -v npm']).toString().trim();
    const tools = await temporaryFolder();
    // An npm whose download never ends; everything else is left to the real one.
    const script = `#!/bin/sh\ncase "$1" in ci) mkdir -p node_modules/half; echo $$ > "${tools}/pid"; exec sleep 600;; esac\nexec ${real} "$@"\n`;
    await writeFile(join(tools, 'npm'), script, { mode: 0o755 });
    const env = { ...home.env, PATH: `${tools}:${home.env.PATH}` };
    const servers = join(home.home, '.local/share/mcpctl/servers');

    const child = start(['add', 'memory'], { ...home, env });
    await expect.poll(() => existsSync(join(tools, 'pid')), { timeout: 60_000 }).toBe(true);
    child.kill(signal);
    await new Promise((resolve) => child.once('close', resolve));
    const pid = (await readFile(join(tools, 'pid'), 'utf8')).trim();
    const isRunning = spawnSync('kill', ['-0', pid]).status === 0;
    if (isRunning) process.kill(Number(pid), 'SIGKILL');

    if (signal === 'SIGTERM') expect(isRunning).toBe(false);
    expect(existsSync(join(servers, 'memory'))).toBe(false);
    expect(existsSync(join(home.home, '.config/claude'))).toBe(false);
    const { document } = await mcpctlJson(['add', 'memory', '--no-verify'], { ...home, deadline: LONG });
    expect(document.data.added).toMatchObject([{ name: 'memory' }]);
  },
  LONG,
);

test('remove deletes the secrets only that server used, unless told otherwise', async () => {
  const service = await startSecretService();
  onTestFinished(service.stop);
  const home = await homeWithClients(service.env);
  for (const [name, variables] of [
    ['one', ['OWN_KEY', 'SHARED_KEY']],
    ['two', ['SHARED_KEY']],
  ] as const) {
    const env = variables.flatMap((variable) => ['-e', `${variable}=\${${variable}}`]);
    expect((await answerOf(['add', name, ...env, '--no-verify', '--', 'my-server'], home)).status).toBe(0);
  }
  for (const name of ['OWN_KEY', 'SHARED_KEY']) {
    const stored = await mcpctl(['secret', 'set', name, '--stdin'], { ...home, input: 'a-value-to-keep' });
    expect(stored.status).toBe(0);
  }
  const names = async (): Promise<string[]> => {
    const { document } = await mcpctlJson(['secret', 'list'], home);
    return document.data.secrets
      .filter(({ stored }: { stored: string[] }) => stored.includes('keychain'))
      .map(({ name }: { name: string }) => name);
  };
  expect(await names()).toEqual(['OWN_KEY', 'SHARED_KEY']);

  await mcpctlJson(['remove', 'one', '--yes'], home);
  expect(await names()).toEqual(['SHARED_KEY']);
  await mcpctlJson(['remove', 'two', '--yes', '--keep-secrets'], home);
  expect(await names()).toEqual(['SHARED_KEY']);
});
