import { expect, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson } from '../support/cli.ts';

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

test.each([[['config', 'validate', '--help']], [['help', 'list']]])(
  '%j prints help and ends well',
  async (args) => {
    const finished = await mcpctl(args, await emptyHome());

    expect(finished).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Usage: mcpctl'),
      stderr: '',
    });
  },
);

test('an option a command does not have is a usage error', async () => {
  const finished = await mcpctl(['list', '--nope'], await emptyHome());

  expect(finished).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining("'--nope'") });
});
