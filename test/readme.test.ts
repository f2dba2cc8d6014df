import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { emptyHome, temporaryFolder } from './support/cli.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The commands of the README's shell blocks, in order. */
async function shellBlocks(): Promise<string[]> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  return [...readme.matchAll(/```sh\n([^`]*)\n```/g)].map(([, block]) => block ?? '');
}

/** What a clone would hold, without what was built or installed here. */
async function freshClone(): Promise<string> {
  const folder = join(await temporaryFolder(), 'mcpctl');
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of files.trim().split('\n')) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(ROOT, file), join(folder, file), { verbatimSymlinks: true });
  }
  return folder;
}

test('the first command sets a fresh machine up and prints a real tool result', {
  timeout: 600_000,
}, async () => {
  const [command = ''] = await shellBlocks();
  const { home, env } = await emptyHome();
  const cwd = await freshClone();

  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { cwd, env, encoding: 'utf8' });

  expect(status, stderr).toBe(0);
  // The filesystem server's own answer to its harmless first call.
  expect(stdout).toContain('Allowed directories');
  const manifest = JSON.parse(
    await readFile(join(home, '.config/claude/claude_desktop_config.json'), 'utf8'),
  );
  expect(manifest.mcpServers.memory.args).toContainEqual(
    expect.stringMatching(/^@modelcontextprotocol\/server-memory@\d/),
  );
  const lock = JSON.parse(await readFile(join(home, '.config/claude/mcpctl-lock.json'), 'utf8'));
  expect(lock.servers.memory.source.integrity).toMatch(/^sha512-/);
  const claude = JSON.parse(await readFile(join(home, '.claude.json'), 'utf8'));
  expect(claude.mcpServers.memory.args).toEqual([join(cwd, 'bin/mcpctl.js'), 'run', 'memory']);
});

test('the second command is what CI runs', async () => {
  const [, command = ''] = await shellBlocks();
  const script = await readFile(join(ROOT, '.ci/run'), 'utf8');

  expect(command).toBe('npm ci && npm test');
  expect(script.split('\n').filter((line) => line && !/^(#|set |cd )/.test(line))).toEqual([command]);
});
