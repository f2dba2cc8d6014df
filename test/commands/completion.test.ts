import { spawnSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, MCPCTL, mcpctl } from '../support/cli.ts';

test('completes commands, flags, choices and names in bash', async () => {
  const complete = await bashWith({ linear: {}, 'li-two': {}, 'my.server': {}, other: {} });

  expect(await complete(['li'])).toEqual(['list']);
  expect(await complete(['list', '--ca'])).toEqual(['--catalog', '--category']);
  expect(await complete(['list', '--tier', ''])).toEqual(['core', 'enterprise', 'extended', 'listed']);
  expect(await complete(['list', '--tier', '=', 'en'])).toEqual(['enterprise']);
  expect(await complete(['list', '--tier=en'])).toEqual(['--tier=enterprise']);
  expect(await complete(['list', '--category', 'd'])).toEqual([
    'data-warehouse',
    'database',
    'design',
    'developer-tools',
    'documentation',
  ]);
  expect(await complete(['run', 'li'])).toEqual(['linear', 'li-two']);
  expect(await complete(['run', 'my'])).toEqual(['my.server']);
  expect(await complete(['info', 'lin'])).toEqual(['linear']);
  expect(await complete(['info', 'terr'])).toEqual(['terraform']);
  expect(await complete(['doctor', 'linear', 'li'])).toEqual(['li-two']);
  expect(await complete(['completion', 'z'])).toEqual(['zsh']);
  expect(await complete(['status', '--server', 'linear', 'li'])).toEqual(['li-two']);
  expect(await complete(['status', '--server', 'linear', '--de'])).toEqual(['--deep']);
});

test('offers nothing where only the user knows, so that bash offers files', async () => {
  const complete = await bashWith({ linear: {} });

  expect(await complete(['nonsense', ''])).toEqual([]);
  expect(await complete(['run', 'linear', ''])).toEqual([]);
  expect(await complete(['add', 'mine', 'li'])).toEqual(['linear']);
  expect(await complete(['add', 'mine', '--', 'li'])).toEqual([]);
  expect(await complete(['info', 'linear', ''])).toEqual([]);
});

test('a name in a manifest never becomes a command', async () => {
  const complete = await bashWith({
    '$(touch pwned)': {},
    '`touch pwned`': {},
    'a b': {},
    'plain;x': {},
    fine: {},
  });

  expect(await complete(['run', ''])).toEqual(['fine']);
});

test('a broken manifest completes nothing and prints nothing', async () => {
  const complete = await bashWith('{"mcpServers": ');

  expect(await complete(['run', ''])).toEqual([]);
});

test.each(['bash', 'zsh', 'fish', 'powershell'])('prints a script for %s', async (shell) => {
  const { status, stdout } = await mcpctl(['completion', shell], await emptyHome());

  expect(status).toBe(0);
  expect(stdout).toContain(`completion ${shell === 'powershell' ? '@flags' : `--words ${shell}`} --`);
});

test('hands descriptions to the shells that show them', async () => {
  const { stdout } = await mcpctl(['completion', '--words', 'zsh', '--', 'doc'], await emptyHome());

  expect(stdout).toMatch(/^doctor\tFind out/);
});

test('refuses a shell it has no script for', async () => {
  const { status, stderr } = await mcpctl(['completion', 'tcsh'], await emptyHome());

  expect(status).toBe(2);
  expect(stderr).toContain('bash, zsh, fish, powershell');
});

/** A real bash with the script loaded; completes the last of the words as a Tab key would. */
async function bashWith(servers: object | string) {
  const { home, env } = await emptyHome();
  const folder = join(home, '.config', 'claude');
  await mkdir(folder, { recursive: true });
  const entries = Object.keys(servers).map((name) => [name, { command: 'node' }]);
  const text =
    typeof servers === 'string' ? servers : JSON.stringify({ mcpServers: Object.fromEntries(entries) });
  await writeFile(join(folder, 'claude_desktop_config.json'), text);
  await mkdir(join(home, 'bin'));
  await symlink(MCPCTL, join(home, 'bin', 'mcpctl'));
  const script = [
    'source <(mcpctl completion bash)',
    'COMP_WORDS=(mcpctl "$@"); COMP_CWORD=$#',
    '_mcpctl mcpctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"',
    'complete -p mcpctl >&2',
    'for word in "${COMPREPLY[@]}"; do printf "%s\\n" "$word"; done',
  ].join('\n');
  return async (words: readonly string[]): Promise<string[]> => {
    const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script, 'bash', ...words], {
      cwd: home,
      encoding: 'utf8',
      env: { ...env, PATH: [join(home, 'bin'), env.PATH].join(delimiter) },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'complete -o default -F _mcpctl mcpctl\n' });
    return stdout.split('\n').filter((line) => line !== '');
  };
}
