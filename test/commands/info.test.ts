import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson } from '../support/cli.ts';

test('tells all there is to know before adding a server', async () => {
  const { status, stdout, stderr } = await mcpctl(['info', 'sentry'], await emptyHome());

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const known of [
    'https://mcp.sentry.dev/mcp',
    'Node >=22.13',
    'SENTRY_ACCESS_TOKEN  required by npm, secret',
    'Get it: Sentry, User settings, Personal tokens.',
    'Sentry-Bearer ${SENTRY_ACCESS_TOKEN}',
    'scopes, least first: org:read',
    'needed at least: org:read, project:read, event:read',
    'find_organizations',
    'mcpctl call sentry whoami',
    'FSL-1.1-ALv2',
    'mcpctl add sentry',
  ]) {
    expect(stdout).toContain(known);
  }
});

test('says why an old name leads elsewhere, and what else it could mean', async () => {
  const { document } = await mcpctlJson(['info', '@modelcontextprotocol/server-postgres'], await emptyHome());

  expect(document.data.catalog).toMatchObject({
    entry: { slug: 'dbhub' },
    match: {
      by: 'alias',
      profile: 'postgresql',
      reason: expect.stringContaining('archived'),
      also: ['postgres-mcp', 'toolbox'],
    },
    add: 'mcpctl add @modelcontextprotocol/server-postgres',
  });
});

test('names the package of an alternative in the line that adds it', async () => {
  const { document } = await mcpctlJson(['info', '@tacticlaunch/mcp-linear'], await emptyHome());

  expect(document.data.catalog.add).toBe('mcpctl add npm:@tacticlaunch/mcp-linear@1.4.3');
});

test('asks in that line for what only the user knows', async () => {
  const { document } = await mcpctlJson(['info', 'snowflake'], await emptyHome());

  expect(document.data.catalog.add).toBe(
    "mcpctl add snowflake --set account=myorg-myaccount --set database='<database>' --set server='<server>'",
  );
});

test('shows a server of the manifest with references, never with values', async () => {
  const home = await homeWith({
    tickets: {
      command: 'npx',
      args: ['-y', '@tacticlaunch/mcp-linear@1.4.3', '--api-key', 'Zk3Jq9vB7mWx2Rt8Lp4Ns6Yd'],
      env: { LINEAR_API_TOKEN: '${LINEAR_API_TOKEN}', OTHER: 'hush-hush' },
    },
  });

  const { stdout } = await mcpctl(['info', 'tickets'], home);

  expect(stdout).toContain('LINEAR_API_TOKEN = ${LINEAR_API_TOKEN}');
  expect(stdout).toContain('OTHER = (written out, not shown)');
  expect(stdout).not.toMatch(/hush|Zk3Jq9vB7mWx2Rt8Lp4Ns6Yd/);
  expect(stdout).toContain('Linear (linear), by Linear');
});

test('does not take a server for the one of the catalog because of its name', async () => {
  const home = await homeWith({ github: { command: 'node', args: ['mine.js'] } });

  const mine = await mcpctlJson(['info', 'github'], home);
  const theirs = await mcpctlJson(['info', 'github', '--catalog'], home);

  expect(mine.document.data).toEqual({ server: expect.objectContaining({ source: 'command node' }) });
  expect(theirs.document.data).toEqual({ catalog: expect.objectContaining({ add: 'mcpctl add github' }) });
});

test('does not take an npm package for the Python one of the same name', async () => {
  const home = await homeWith({ pg: { command: 'npx', args: ['-y', 'postgres-mcp@1.0.0'] } });

  const { document } = await mcpctlJson(['info', 'pg'], home);

  expect(document.data).toEqual({ server: expect.objectContaining({ source: 'npm postgres-mcp' }) });
});

test('suggests names for one it does not know', async () => {
  const { status, stdout, stderr } = await mcpctl(['info', 'githup'], await emptyHome());

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('CATALOG_UNKNOWN');
  expect(stderr).toContain('mcpctl info github');
});

test('says what became of a package that is gone', async () => {
  const { stderr } = await mcpctl(['info', '@pulumi/mcp-server'], await emptyHome());

  expect(stderr).toContain('taken off npm');
});

async function homeWith(mcpServers: object) {
  const home = await emptyHome();
  const path = join(home.home, '.config', 'claude', 'claude_desktop_config.json');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify({ mcpServers }));
  return home;
}
