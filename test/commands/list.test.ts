import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../support/cli.ts';

const SERVERS = {
  linear: { url: 'https://mcp.linear.app/mcp?key=hush', auth: 'oauth' },
  postgres: { command: 'npx', args: ['-y', 'postgres-mcp@1.0.0'], env: { DATABASE_URL: '${DATABASE_URL}' } },
  memory: { command: 'npx', args: ['-y', '@modelcontextprotocol/server-memory'], disabled: true },
  own: { command: 'node', args: ['server.js'] },
};

test('lists the servers of the manifest with source, version, scope and lock', async () => {
  const home = await homeWith({ ...SERVERS, broken: { nothing: true } });
  await writeFile(join(dirname(manifestOf(home)), 'mcpctl-lock.json'), JSON.stringify(LOCK));

  const { document, stderr } = await mcpctlJson(['list'], home);

  expect(stderr).toBe('');
  expect(document.data.servers).toEqual([
    row(home, { name: 'linear', source: 'remote https://mcp.linear.app/mcp', transport: 'http' }),
    row(home, {
      name: 'memory',
      source: 'npm @modelcontextprotocol/server-memory',
      version: '2026.8.31',
      locked: true,
      disabled: true,
    }),
    row(home, { name: 'own', source: 'command node' }),
    row(home, { name: 'postgres', source: 'npm postgres-mcp', version: '1.0.0' }),
  ]);
  expect(document.data.broken).toEqual([
    { name: 'broken', scope: 'user', manifest: manifestOf(home), reason: expect.any(String) },
  ]);
});

test('prints a table without colours or keys outside a terminal, and names broken entries', async () => {
  const home = await homeWith({ ...SERVERS, broken: { nothing: true } });

  const { status, stdout } = await mcpctl(['list'], home);

  expect(status).toBe(0);
  expect(stdout).toMatch(/^name +source +version +scope +transport +state$/m);
  expect(stdout).toMatch(/^memory .* not locked, disabled$/m);
  expect(stdout).toContain('broken broken in ');
  expect(stdout).not.toContain('hush');
  expect(stdout).not.toContain('\u001b');
});

test("the project's server hides the user's of that name", async () => {
  const home = await homeWith({ linear: SERVERS.linear });
  const project = join(home.home, 'project');
  await writeManifest(join(project, '.claude', 'claude_desktop_config.json'), { linear: SERVERS.own });

  const { document } = await mcpctlJson(['list'], { ...home, cwd: project });

  expect(document.data.servers).toEqual([
    expect.objectContaining({ source: 'command node', scope: 'project' }),
  ]);
});

test('says how to begin when there are none', async () => {
  const { status, stdout } = await mcpctl(['list'], await emptyHome());

  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('mcpctl list --catalog') });
});

test('a manifest that cannot be read is a failure with its place', async () => {
  const home = await emptyHome();
  await mkdir(dirname(manifestOf(home)), { recursive: true });
  await writeFile(manifestOf(home), '{"mcpServers": {');

  const { status, document } = await mcpctlJson(['list'], home);

  expect(status).toBe(3);
  expect(document.error).toMatchObject({
    code: 'DOCUMENT_INVALID',
    message: expect.stringContaining('claude_desktop_config.json:1:17'),
  });
});

test('lists the catalog, whole or in part', async () => {
  const home = await emptyHome();
  const all = await mcpctlJson(['list', '--catalog'], home);
  const databases = await mcpctlJson(['list', '--catalog', '--category', 'database'], home);
  const core = await mcpctl(['list', '--tier', 'core'], home);

  expect(all.document.data.servers).toHaveLength(35);
  expect(databases.document.data.servers.map(({ slug }: { slug: string }) => slug)).toEqual([
    'dbhub',
    'mongodb',
    'redis',
    'supabase',
  ]);
  expect(core.stdout).toContain('7 servers.');
});

test('refuses a category the catalog does not have, and names those it has', async () => {
  const { status, stderr } = await mcpctl(
    ['list', '--catalog', '--category', 'databases'],
    await emptyHome(),
  );

  expect(status).toBe(2);
  expect(stderr).toContain('observability');
});

const LOCK = {
  lockfileVersion: 1,
  servers: {
    memory: {
      catalog: 'memory',
      lockedAt: '2026-11-22T12:00:00.000Z',
      source: {
        type: 'npm',
        package: '@modelcontextprotocol/server-memory',
        version: '2026.8.31',
        integrity: `sha512-${'A'.repeat(86)}==`,
        bin: 'mcp-server-memory',
      },
    },
  },
};

function row(home: Home, own: object): object {
  return {
    scope: 'user',
    transport: 'stdio',
    locked: false,
    disabled: false,
    manifest: manifestOf(home),
    ...own,
  };
}

async function homeWith(servers: object): Promise<Home> {
  const home = await emptyHome();
  await writeManifest(manifestOf(home), servers);
  return home;
}

async function writeManifest(path: string, mcpServers: object): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify({ mcpServers }));
}

function manifestOf({ home }: Home): string {
  return join(home, '.config', 'claude', 'claude_desktop_config.json');
}
