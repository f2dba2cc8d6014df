import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { emptyHome, type Home, mcpctl } from '../support/cli.ts';
import { realClient } from '../support/real-client.ts';
import { serverScript, writeServers } from './manifests.ts';

/** `claude mcp list` of the real program, without network chatter. */
async function claudeList({ env }: Home, cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(await realClient('claude-code'), ['mcp', 'list'], {
    cwd,
    env: { ...env, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' },
    timeout: 60_000,
  });
  return stdout;
}

test('Claude Code connects to every synced server', { timeout: 180_000 }, async () => {
  const home = await emptyHome();
  await writeServers(home, {
    memory: {
      command: process.execPath,
      args: [serverScript('server-memory')],
      env: { MEMORY_FILE_PATH: '${MEMORY_FILE}' },
    },
    files: { command: process.execPath, args: [serverScript('server-filesystem'), home.home] },
    everything: { command: process.execPath, args: [serverScript('server-everything')] },
  });
  const shell = { ...home, env: { ...home.env, MEMORY_FILE: join(home.home, 'memory.json') } };

  await mcpctl(['sync', '--yes', '--client', 'claude-code'], shell);
  const managed = await claudeList(shell, home.home);
  for (const name of ['memory', 'files', 'everything'])
    expect(managed).toMatch(new RegExp(`^${name}: .*Connected$`, 'm'));

  await mcpctl(['sync', '--yes', '--client', 'claude-code', '--direct'], shell);
  const direct = await claudeList(shell, home.home);
  expect(direct).not.toContain('mcpctl.js');
  for (const name of ['memory', 'files', 'everything'])
    expect(direct).toMatch(new RegExp(`^${name}: .*Connected$`, 'm'));
});

test('after Claude Code rewrote its file, there is nothing to mend and its own keys are still there', async () => {
  const home = await emptyHome();
  await writeServers(home, { memory: { command: process.execPath, args: [serverScript('server-memory')] } });
  await mcpctl(['sync', '--yes', '--client', 'claude-code'], home);
  await claudeList(home, home.home);
  const before = await readFile(join(home.home, '.claude.json'), 'utf8');
  expect(Object.keys(JSON.parse(before)).length).toBeGreaterThan(1);

  const again = await mcpctl(['sync', '--yes', '--client', 'claude-code'], home);

  expect(again.stdout).toContain('Every client has what it should have.');
  expect(await readFile(join(home.home, '.claude.json'), 'utf8')).toBe(before);
});
