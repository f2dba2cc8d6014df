import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson } from '../support/cli.ts';

const LONG = { timeout: 300_000 };
const deadline = 280_000;

test('sets up the servers that need no key, and keeps them the second time', LONG, async () => {
  const { home, env } = await emptyHome();
  const cwd = join(home, 'project');
  await mkdir(cwd);
  const options = { home, env, cwd, deadline };

  const first = await mcpctlJson(['init', '--yes'], options);
  const second = await mcpctlJson(['init', '--yes'], options);

  expect(first.status).toBe(0);
  expect(first.document.data.added.map(({ name }: { name: string }) => name)).toEqual([
    'filesystem',
    'memory',
    'sequential-thinking',
  ]);
  expect(first.document.data.added[0].firstCall).toEqual({
    tool: 'list_allowed_directories',
    isError: false,
    text: `Allowed directories: ${cwd}`,
  });
  expect(first.document.data.clients).toEqual({ found: [], told: ['Claude Code'] });
  expect(second.document.data).toMatchObject({
    added: [],
    kept: ['filesystem', 'memory', 'sequential-thinking'],
  });
});

test('goes on with what was chosen before it was interrupted', LONG, async () => {
  const { home, env } = await emptyHome();
  const state = join(home, '.local/state/mcpctl');
  await mkdir(state, { recursive: true });
  await writeFile(join(state, 'init.json'), JSON.stringify({ servers: ['memory'], isImportDone: true }));

  const { document, stderr } = await mcpctlJson(['init', '--yes'], { home, env, deadline });

  expect(stderr).toContain('Going on with memory, as chosen before.');
  expect(document.data.added.map(({ name }: { name: string }) => name)).toEqual(['memory']);
  await expect(readFile(join(state, 'init.json'))).rejects.toThrow('ENOENT');
});

test('shows the plan and writes nothing with --dry-run', LONG, async () => {
  const { home, env } = await emptyHome();

  const { status, stderr } = await mcpctl(['init', '--yes', '--dry-run', '--server', 'memory'], {
    home,
    env,
    deadline,
  });

  expect(status).toBe(0);
  expect(stderr).toContain('manifest: npx -y @modelcontextprotocol/server-memory@');
  await expect(readFile(join(home, '.config/claude/claude_desktop_config.json'))).rejects.toThrow('ENOENT');
  await expect(readFile(join(home, '.local/state/mcpctl/init.json'))).rejects.toThrow('ENOENT');
});

test('sets nothing up without --yes where nobody can be asked', async () => {
  const machine = await emptyHome();

  for (const words of [['init'], ['init', '--server', 'memory']]) {
    const plain = await mcpctl(words, machine);
    expect({ status: plain.status, stdout: plain.stdout }).toEqual({ status: 2, stdout: '' });
    expect(plain.stderr).toContain('--yes');
    const { document } = await mcpctlJson(words, machine);
    expect(document.error).toMatchObject({
      code: 'CONFIRMATION_NEEDED',
      hint: expect.stringContaining('--yes'),
    });
  }
  expect(await readdir(machine.home)).toEqual([]);
});
