import { once } from 'node:events';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson, start } from '../support/cli.ts';
import { fixturePath } from '../support/servers.ts';

test('prints its version on stdout and nothing else', async () => {
  const finished = await mcpctl(['--version'], await emptyHome());

  expect(finished).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' });
});

test('names an unknown command, with status 2 and nothing on stdout', async () => {
  const finished = await mcpctl(['docter'], await emptyHome());

  expect(finished).toMatchObject({ status: 2, stdout: '' });
  expect(finished.stderr).toContain('There is no command "docter".');
});

test('answers a failure as one JSON document with --json', async () => {
  const { status, document, stderr } = await mcpctlJson(['nope'], await emptyHome());

  expect(status).toBe(2);
  expect(document).toMatchObject({ ok: false, error: { code: 'USAGE', hint: expect.any(String) } });
  expect(stderr).toBe('');
});

test.each([
  [['config', 'validate', '--help']],
  [['help', 'list']],
  [['help', 'add']],
  [['help', 'config', 'set']],
])('%j prints help and ends well', async (args) => {
  const finished = await mcpctl(args, await emptyHome());

  expect(finished).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Usage: mcpctl'),
    stderr: '',
  });
});

test('list answers alike with and without the short way to it', async () => {
  const home = await emptyHome();
  await mcpctl(['add', 'echo', '--yes', '--no-verify', '--', process.execPath, fixturePath('echo')], home);
  const short = await mcpctl(['list'], home);

  expect(short).toMatchObject({ status: 0, stdout: expect.stringContaining('echo') });
  expect(await mcpctl(['list', '--no-color'], home)).toEqual(short);
});

test('an option a command does not have is a usage error', async () => {
  const finished = await mcpctl(['list', '--nope'], await emptyHome());

  expect(finished).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining("'--nope'") });
});

test.each([
  [['config', '--help'], 'mcpctl config validate  Check manifests, lock files and settings'],
  [['secret', '-h'], 'mcpctl secret set   Keep a value that servers need, in the keychain or in .env'],
  [['help', 'config'], 'mcpctl config restore   Put a file back as it was, byte for byte'],
])('%j lists the commands of the group', async (args, line) => {
  const finished = await mcpctl(args, await emptyHome());

  expect(finished).toMatchObject({ status: 0, stdout: expect.stringContaining(line), stderr: '' });
});

test('lists the commands of a group as a document with --json', async () => {
  const { document } = await mcpctlJson(['secret', '--help'], await emptyHome());

  expect(document.data.commands.map(({ name }: { name: string }) => name)).toEqual([
    'secret list',
    'secret rm',
    'secret set',
  ]);
});

test('a group alone is a usage error that lists its commands', async () => {
  const finished = await mcpctl(['config'], await emptyHome());

  expect(finished).toMatchObject({ status: 2, stdout: '' });
  expect(finished.stderr).toContain('mcpctl config validate  Check manifests, lock files and settings');
});

test('a command a group does not have is named, with the one that was probably meant', async () => {
  const finished = await mcpctl(['config', 'valdate'], await emptyHome());

  expect(finished).toMatchObject({ status: 2, stdout: '' });
  expect(finished.stderr).toContain('There is no command "config valdate".');
  expect(finished.stderr).toContain('Did you mean: mcpctl config validate');
});

test.each([
  [['config', 'set'], 'mcpctl config set --help'],
  [['--json', 'secret', 'rm'], 'mcpctl secret rm --help'],
])('%j without its arguments points to its own help', async (args, hint) => {
  const { document } = await mcpctlJson(args, await emptyHome());

  expect(document.error).toMatchObject({ code: 'USAGE', hint });
});

test('goes on to the end when nobody reads its remarks any more', async () => {
  const home = await emptyHome();
  const child = start(['add', 'echo', '--yes', '--', process.execPath, fixturePath('echo')], home);
  child.stdout?.destroy();
  child.stderr?.destroy();

  expect(await once(child, 'exit')).toEqual([0, null]);
  expect((await mcpctlJson(['list'], home)).document.data.servers).toMatchObject([{ name: 'echo' }]);
});

test('add without a server is a usage error and does nothing', async () => {
  const { status, document } = await mcpctlJson(['add'], await emptyHome());

  expect(status).toBe(2);
  expect(document.error).toMatchObject({ code: 'USAGE', hint: expect.stringContaining('--catalog') });
});

test('a folder that cannot be made is named, and is no bug of mcpctl', async () => {
  const home = await emptyHome();
  await writeFile(join(home.home, '.local'), '');
  const words = ['add', 'echo', '--yes', '--json', '--', process.execPath, fixturePath('echo')];
  const { status, stdout, stderr } = await mcpctl(words, home);

  expect(status).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'FILE_UNWRITABLE',
    message: expect.stringContaining(join(home.home, '.local')),
    hint: expect.stringContaining('ls -ld'),
  });
  expect(stderr).not.toContain('FAILED: ENOTDIR');
  await expect(access(join(home.home, '.config/claude/claude_desktop_config.json'))).rejects.toThrow(
    'ENOENT',
  );
});
