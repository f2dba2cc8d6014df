import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, type Finished, type Home, mcpctl, mcpctlJson } from '../support/cli.ts';
import { EVERYTHING, fixtureEntry, writeManifest } from '../support/servers.ts';

async function home(extra: Record<string, string> = {}): Promise<Home> {
  const made = await emptyHome(extra);
  await writeManifest(made.home, {
    everything: { command: process.execPath, args: [EVERYTHING, 'stdio'] },
    echo: fixtureEntry('echo', { TOKEN: '${TOKEN:-none}' }),
    media: fixtureEntry('media'),
    asks: fixtureEntry('asks'),
    modern: fixtureEntry('modern'),
    crash: fixtureEntry('crash'),
    silent: fixtureEntry('silent'),
  });
  return made;
}

async function call(...words: string[]): Promise<Finished> {
  return await mcpctl(['call', ...words], await home());
}

test('prints what a real tool answers, with arguments made what its schema says', async () => {
  expect(await call('everything', 'get-sum', 'a=2', 'b:=40')).toEqual({
    status: 0,
    stdout: 'The sum of 2 and 40 is 42.\n',
    // No keychain is here; said once a machine.
    stderr: expect.stringMatching(/^warning The audit log leaves out who called and with what: [^\n]+\n$/),
  });
});

test('answers with the whole result as JSON', async () => {
  const { status, document } = await mcpctlJson(['call', 'echo', 'echo', 'message=hi'], await home());

  expect(status).toBe(0);
  expect(document).toEqual({ ok: true, data: { content: [{ type: 'text', text: 'hi' }] } });
});

test('takes arguments from a file, from stdin and from the command line', async () => {
  const machine = await home();
  const file = join(machine.home, 'args.json');
  await writeFile(file, '{"message":"from a file"}');
  const input = '{"message":"from stdin"}';

  expect((await mcpctl(['call', 'echo', 'echo', '--args', `@${file}`], machine)).stdout).toBe(
    'from a file\n',
  );
  expect((await mcpctl(['call', 'echo', 'echo', '--args', '-'], { ...machine, input })).stdout).toBe(
    'from stdin\n',
  );
  const over = ['call', 'echo', 'echo', '--args', '{"message":"json"}', 'message=over'];
  expect((await mcpctl(over, machine)).stdout).toBe('over\n');
});

test.each([
  [['everything', 'get-sum', 'a=two'], 'a must be number', 'It takes: a, b'],
  [['everything', 'get-sum', 'a=1'], 'b is missing', 'It takes: a, b'],
  [['everything', 'get-smu', 'a=1'], 'everything has no tool "get-smu"', 'Did you mean: get-sum'],
  [['everything', 'echo', 'mesage=1'], 'echo has no argument "mesage"', 'Did you mean: message'],
  [['everything', 'echo', 'message'], '"message" is neither key=value nor key:=json', 'It takes: message'],
  [['everything', 'echo', 'message:={'], 'What follows message:= is not JSON', 'It takes: message'],
  [['echo', 'echo', '--args', '[1]'], 'are not a JSON object', '--args'],
  [['echo', 'echo', '--args', '@/no/such'], 'could not be read from /no/such', '--args'],
  [['echo', 'echo', '--timeout', 'soon'], '"soon" is no duration', '--timeout 30s'],
])('refuses %j before the tool is called', async (words, message, hint) => {
  const { status, stdout, stderr } = await call(...words);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toContain(hint);
});

test('fails with the reason when the tool does', async () => {
  expect(await call('media', 'failed')).toEqual({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('CALL_FAILED failed of media failed: no such table'),
  });
});

test('names binary content, and saves it when asked', async () => {
  const machine = await home();
  const folder = join(machine.home, 'out');

  expect((await mcpctl(['call', 'media', 'audio'], machine)).stdout).toBe(
    '[audio audio/wav, 20 bytes; --output <file> saves it]\n',
  );
  const { stdout } = await mcpctl(['call', 'media', 'both', '--output', folder], machine);
  expect(stdout).toBe(
    `[image image/png, 20 bytes: ${folder}/both-1.png]\n[resource application/pdf, 20 bytes: ${folder}/both-2.pdf]\n`,
  );
  expect(await readFile(join(folder, 'both-2.pdf'), 'utf8')).toBe('not really a picture');
});

test('takes terminal controls out of what a tool says', async () => {
  expect((await call('media', 'escape')).stdout).toBe('red plain\n');
});

test('warns when a result breaks the schema of its own tool', async () => {
  const { status, stdout, stderr } = await call('media', 'misfit');

  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ count: 'many' });
  expect(stderr).toContain('count must be integer');
});

test('calls a tool of a modern server', async () => {
  expect((await call('modern', 'echo', 'message=hi')).stdout).toBe('hi\n');
});

test.each([
  [['crash', 'crash'], 'out of cheese'],
  [['silent', 'x', '--timeout', '500ms'], 'did not answer initialize within 500 ms'],
])('says why %j came to nothing, with status 5', async (words, message) => {
  const { status, stderr } = await call(...words);

  expect(status).toBe(5);
  expect(stderr).toContain(message);
});

test('keeps going while the server reports progress', async () => {
  expect((await call('asks', 'steps', 'count=5', 'every=600', '--timeout', '2s')).stdout).toBe('done\n');
});
