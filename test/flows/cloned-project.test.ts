import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHome } from '../../src/platform/env.ts';
import { emptyHome, type Home, mcpctl, mcpctlJson, temporaryFolder } from '../support/cli.ts';

const CACHE = {
  npm_config_cache: process.env.npm_config_cache ?? `${readHome(process.env, process.platform)}/.npm`,
};
const LONG = 240_000;

/** A HOME with Claude Code, and a project in it. */
async function homeWithProject(): Promise<Home & { readonly project: string }> {
  const home = await emptyHome(CACHE);
  const project = join(home.home, 'project');
  await mkdir(join(project, '.claude'), { recursive: true });
  await writeFile(join(home.home, '.claude.json'), '{}\n');
  return { ...home, project };
}

test(
  'a cloned project: run names the remedy, sync installs what is locked, and then it answers',
  async () => {
    const author = await homeWithProject();
    const added = await mcpctl(['add', 'memory', '--scope', 'project', '--no-sync'], {
      ...author,
      cwd: author.project,
      deadline: LONG,
    });
    expect(added).toMatchObject({ status: 0 });
    const home = await homeWithProject();
    await cp(join(author.project, '.claude'), join(home.project, '.claude'), { recursive: true });
    const here = { ...home, cwd: home.project, deadline: LONG };
    const lock = await readFile(join(home.project, '.claude/mcpctl-lock.json'), 'utf8');

    const run = await mcpctl(['run', 'memory'], here);
    expect(run).toMatchObject({ status: 5, stdout: '' });
    expect(run.stderr).toMatch(/SERVER_NOT_INSTALLED memory .*\n {2}try mcpctl sync/);

    const doctor = await mcpctlJson(['doctor'], here);
    expect(doctor.document.data.findings).toContainEqual(
      expect.objectContaining({
        code: 'SERVER_NOT_INSTALLED',
        fix: expect.objectContaining({ command: 'mcpctl sync' }),
      }),
    );

    const planned = await mcpctlJson(['sync', '--dry-run'], here);
    expect(planned.document.data.installed).toMatchObject([{ server: 'memory', scope: 'project' }]);
    const unasked = await mcpctlJson(['sync'], here);
    expect(unasked).toMatchObject({ status: 2, document: { error: { code: 'CONFIRMATION_NEEDED' } } });
    expect(existsSync(join(home.home, '.local/share/mcpctl/servers'))).toBe(false);

    const synced = await mcpctl(['sync', '--yes'], here);
    expect(synced).toMatchObject({ status: 0 });
    expect(synced.stdout).toMatch(/✓ installed memory \d/);
    expect(await readFile(join(home.project, '.claude/mcpctl-lock.json'), 'utf8')).toBe(lock);
    expect(JSON.parse(await readFile(join(home.project, '.mcp.json'), 'utf8')).mcpServers).toEqual({
      memory: expect.objectContaining({ args: expect.arrayContaining(['run', 'memory']) }),
    });
    const called = await mcpctl(['call', 'memory', 'read_graph'], here);
    expect(called).toMatchObject({ status: 0, stdout: expect.stringContaining('"entities": []') });
    const again = await mcpctlJson(['sync', '--yes'], here);
    expect(again.document.data.installed).toEqual([]);
  },
  LONG,
);

test('a cloned project does not get to run install scripts by its lock alone', async () => {
  const home = await homeWithProject();
  const here = { ...home, cwd: home.project };
  const entry = { command: 'npx', args: ['-y', 'some-server@1.0.0'] };
  const source = { type: 'npm', package: 'some-server', version: '1.0.0', bin: 'x', scripts: true };
  const locked = { source: { ...source, integrity: 'sha512-AA==' }, lockedAt: '2026-01-01T00:00:00.000Z' };
  await writeFile(
    join(home.project, '.claude/claude_desktop_config.json'),
    JSON.stringify({ mcpServers: { some: entry } }),
  );
  await writeFile(
    join(home.project, '.claude/mcpctl-lock.json'),
    JSON.stringify({ lockfileVersion: 1, servers: { some: locked } }),
  );

  const { status, document } = await mcpctlJson(['sync', '--yes'], here);
  const added = await mcpctlJson(['add', 'some', '--scope', 'project'], here);

  expect(status).toBe(3);
  expect(document.data.installed).toMatchObject([
    { server: 'some', error: { code: 'SCRIPTS_NOT_APPROVED' } },
  ]);
  expect(added).toMatchObject({ status: 6, document: { error: { code: 'SCRIPTS_NOT_APPROVED' } } });
});

test('says what failed to install and writes the clients nevertheless', async () => {
  const home = await homeWithProject();
  const folder = await temporaryFolder();
  const manifest = join(home.home, '.config/claude/claude_desktop_config.json');
  await mkdir(join(manifest, '..'), { recursive: true });
  const url = `file://${folder}/gone`;
  const commit = 'a'.repeat(40);
  await writeFile(
    manifest,
    JSON.stringify({ mcpServers: { gone: { command: 'npx', args: ['-y', `git+${url}#${commit}`] } } }),
  );
  const source = { type: 'git', url, commit, entry: 'server.mjs' };
  await writeFile(
    join(manifest, '../mcpctl-lock.json'),
    JSON.stringify({
      lockfileVersion: 1,
      servers: { gone: { source, lockedAt: '2026-01-01T00:00:00.000Z' } },
    }),
  );

  const { status, document } = await mcpctlJson(['sync', '--yes'], home);

  expect(status).toBe(3);
  expect(document.data.installed).toMatchObject([{ server: 'gone', error: { code: expect.any(String) } }]);
  expect(await readFile(join(home.home, '.claude.json'), 'utf8')).toContain('"gone"');
});
