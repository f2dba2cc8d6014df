import { expect, test } from 'vitest';
import { COMMANDS } from '../src/commands.ts';
import { readConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import { createProgram } from '../src/program.ts';

const log = createLog({ level: 'error', stream: process.stderr });

/** Node as the program, so that a test can say what it does. */
function programWith(env: Record<string, string> = {}, seen: Record<string, string> = {}) {
  return createProgram(readConfig([], { PROGRAM: process.execPath, ...env }), log, {
    PATH: process.env.PATH,
    ...seen,
  });
}

test('any exit status is an answer', async () => {
  const code = 'console.log("out"); console.error("err"); process.exitCode = 3';

  expect(await programWith().run(['-e', code])).toEqual({ status: 3, stdout: 'out\n', stderr: 'err\n' });
});

test('no shell reads the arguments, and secrets of this server are not seen', async () => {
  const code = 'console.log(JSON.stringify([process.argv.slice(1), process.env.API_TOKEN]))';

  const { stdout } = await programWith({}, { API_TOKEN: 'secret' }).run([
    '-e',
    code,
    '--',
    '$(id); `id` > x',
  ]);

  expect(JSON.parse(stdout)).toEqual([['$(id); `id` > x'], null]);
});

test('what takes too long or prints too much is ended', async () => {
  const slow = programWith({ PROGRAM_TIMEOUT_MS: '300' }).run(['-e', 'setInterval(() => {}, 1000)']);
  await expect(slow).rejects.toMatchObject({ code: 'PROGRAM_TIMEOUT' });

  const loud = programWith({ PROGRAM_MAX_OUTPUT: '1000' }).run([
    '-e',
    'for (;;) console.log("x".repeat(500))',
  ]);
  await expect(loud).rejects.toMatchObject({ code: 'PROGRAM_TALKATIVE' });
});

test('a program that is not there is named', async () => {
  const missing = createProgram(readConfig([], { PROGRAM: 'no-such-program' }), log);

  await expect(missing.run([])).rejects.toMatchObject({ code: 'PROGRAM_MISSING' });
});

test.each(['--exec=evil', '-c', ' x', 'two\nlines', ''])('a caller cannot give options: %j', (command) => {
  const help = COMMANDS.find(({ name }) => name === 'show_help');

  expect(help?.input.safeParse({ command }).success).toBe(false);
  expect(help?.input.safeParse({ command: 'commit' }).success).toBe(true);
});
