import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyHome, type Home, MCPCTL, mcpctl, mcpctlJson } from '../support/cli.ts';
import { startSecretService } from '../support/secret-service.ts';

const TOKEN = `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}`;

async function homeWithCursor(): Promise<Home> {
  const home = await emptyHome();
  await mkdir(join(home.home, '.cursor'));
  await writeFile(
    join(home.home, '.cursor', 'mcp.json'),
    JSON.stringify({ mcpServers: { GitHub: { command: 'npx', args: ['g'], env: { GITHUB_TOKEN: TOKEN } } } }),
  );
  return home;
}

const read = async ({ home }: Home, ...path: string[]): Promise<string> =>
  await readFile(join(home, ...path), 'utf8');

test('moves servers into the manifest, secrets to .env, and sync then owns the entries', async () => {
  const home = await homeWithCursor();

  const imported = await mcpctlJson(['import', '--yes', '--store', 'env'], home);

  expect(imported.document.data).toMatchObject({
    servers: [{ name: 'github', status: 'added', from: [{ clients: ['cursor'], server: 'GitHub' }] }],
    secrets: ['GITHUB_TOKEN'],
    problems: [],
  });
  expect(imported.stdout + imported.stderr).not.toContain(TOKEN);
  const manifest = await read(home, '.config', 'claude', 'claude_desktop_config.json');
  expect(JSON.parse(manifest).mcpServers.github.env).toEqual({ GITHUB_TOKEN: '${GITHUB_TOKEN}' });
  expect(await read(home, '.env')).toContain(TOKEN);
  expect(await read(home, '.cursor', 'mcp.json')).toContain(TOKEN);

  const synced = await mcpctlJson(['sync', '--yes'], home);
  expect(synced.status).toBe(0);
  expect(JSON.parse(await read(home, '.cursor', 'mcp.json'))).toEqual({
    mcpServers: { github: { command: process.execPath, args: [MCPCTL, 'run', 'github'] } },
  });
  expect((await mcpctlJson(['import', '--yes'], home)).document.data.servers).toEqual([]);
});

test('asks first: without a terminal and --yes nothing is written', async () => {
  const home = await homeWithCursor();

  const { status, document } = await mcpctlJson(['import', '--store', 'env'], home);

  expect([status, document.error?.code]).toEqual([2, 'CONFIRMATION_NEEDED']);
  await expect(read(home, '.config', 'claude', 'claude_desktop_config.json')).rejects.toThrow('ENOENT');
  await expect(read(home, '.env')).rejects.toThrow('ENOENT');
});

test('--dry-run shows names only and writes nothing', async () => {
  const home = await homeWithCursor();

  const { status, document, stdout } = await mcpctlJson(['import', '--dry-run'], home);

  expect(status).toBe(0);
  expect(document.data).toMatchObject({ dryRun: true, servers: [{ name: 'github', status: 'planned' }] });
  expect(stdout).not.toContain(TOKEN);
  await expect(read(home, '.config', 'claude', 'claude_desktop_config.json')).rejects.toThrow('ENOENT');
});

test('a keychain that cannot be used is found out before anything is written', async () => {
  const home = await homeWithCursor();

  const { status, document } = await mcpctlJson(['import', '--yes'], home);

  expect([status, document.error?.code]).toEqual([5, 'KEYCHAIN_UNAVAILABLE']);
  await expect(read(home, '.config', 'claude', 'claude_desktop_config.json')).rejects.toThrow('ENOENT');
});

test('secrets go to the system keychain, and a value kept there before is not replaced', async () => {
  const service = await startSecretService();
  onTestFinished(service.stop);
  const plain = await homeWithCursor();
  const home = { ...plain, env: { ...plain.env, ...service.env, HOME: plain.home } };
  await mcpctl(['secret', 'set', 'GITHUB_TOKEN', '--stdin'], { ...home, input: 'kept before' });

  const { document } = await mcpctlJson(['import', '--yes'], home);

  expect(document.data).toMatchObject({ secrets: ['GITHUB_TOKEN_2'], servers: [{ status: 'added' }] });
  const manifest = JSON.parse(await read(home, '.config', 'claude', 'claude_desktop_config.json'));
  expect(manifest.mcpServers.github.env).toEqual({ GITHUB_TOKEN: '${GITHUB_TOKEN_2}' });
  const listed = await mcpctlJson(['secret', 'list'], home);
  expect(JSON.stringify(listed.document.data)).toContain('GITHUB_TOKEN_2');
  expect(listed.stdout).not.toContain(TOKEN);
});
