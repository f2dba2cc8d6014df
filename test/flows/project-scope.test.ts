import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, mcpctl } from '../support/cli.ts';

test('a server added to a project names its keys in .env.example, without values', async () => {
  const { home, env } = await emptyHome({ LINEAR_API_KEY: 'lin_api_q7Zk2LmX9vB4tRw8' });
  const cwd = join(home, 'project');
  await mkdir(cwd);
  const words = ['add', 'linear', '--auth', 'api-key', '--scope', 'project', '--no-verify', '--yes'];

  const { status, stderr } = await mcpctl(words, { home, env, cwd });

  expect(status, stderr).toBe(0);
  expect(stderr).toContain('Added LINEAR_API_KEY to .env.example, without values.');
  expect(await readFile(join(cwd, '.env.example'), 'utf8')).toMatch(/^# .*\n(?:# .*\n)*LINEAR_API_KEY=$/m);
  expect(await readFile(join(cwd, '.claude/claude_desktop_config.json'), 'utf8')).toContain(
    'Bearer ${LINEAR_API_KEY}',
  );
});
