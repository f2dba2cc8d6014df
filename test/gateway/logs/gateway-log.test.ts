import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSharedRedactor } from '../../../src/core/growing-redactor.ts';
import { encodingsOf } from '../../../src/core/secret-encodings.ts';
import { createGatewayLog, type GatewayLogOptions } from '../../../src/gateway/logs/gateway-log.ts';
import { temporaryFolder } from '../../support/cli.ts';

const CANARY = 'Kz7/pq"Wm+é%canary=93';

async function open(changes: Partial<GatewayLogOptions> = {}) {
  const folder = join(await temporaryFolder(), 'logs');
  const redact = createSharedRedactor();
  let told = '';
  const stderr = {
    write(text: string) {
      told += text;
    },
  };
  const now = () => new Date('2026-01-02T03:04:05Z');
  const log = await createGatewayLog({ folder, format: 'json', stderr, redact, now, ...changes });
  const kept = async (name = 'gateway.jsonl'): Promise<string> => await readFile(join(folder, name), 'utf8');
  return { log, redact, folder, told: () => told, kept };
}

const CALL = {
  corr: '4bf92f3577b34da6a3ce929d0e0e4736',
  server: 'github',
  tool: 'search',
  outcome: 'ok',
  ms: 12.34567,
  principal: 'local',
} as const;

test('tells calls and events as JSON lines, on stderr and in a file of its user', async () => {
  const { log, folder, told, kept } = await open();
  log.call(CALL);
  log.call({ ...CALL, outcome: 'timeout', errorType: 'SERVER_TIMEOUT', tool: 'x'.repeat(5000) });
  log.event({ level: 'error', what: 'It broke.', server: 'github', code: 'SERVER_EXITED' });
  log.event({ level: 'debug', what: 'Nobody asked.' });
  log.flush();

  const lines = told()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const common = { time: '2026-01-02T03:04:05.000Z', pid: process.pid };
  expect(lines).toEqual([
    { ...common, level: 'info', ...CALL, ms: 12.346, msg: 'call' },
    expect.objectContaining({ level: 'warn', outcome: 'timeout', tool: 'x'.repeat(256) }),
    { ...common, level: 'error', server: 'github', code: 'SERVER_EXITED', msg: 'It broke.' },
  ]);
  expect(await kept()).toBe(told());
  expect((await stat(join(folder, 'gateway.jsonl'))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test('tells people in a line of text, without controls, and keeps JSON', async () => {
  const { log, told, kept } = await open({ format: 'text' });
  log.call({ ...CALL, tool: 'a\n\u001b[31mb\u202ec', outcome: 'error', errorType: '-32602' });
  log.flush();

  expect(told()).toBe(
    `03:04:05 warn: call github a [31mb c error corr=${CALL.corr} ms=12.346 principal=local errorType=-32602
`,
  );
  expect(JSON.parse(await kept())).toMatchObject({ tool: 'a\n\u001b[31mb\u202ec' });
});

test('says nothing that a server keeps secret, in no encoding, also when it is learned later', async () => {
  const { log, redact, folder, told } = await open({ level: 'debug' });
  redact.of('github', ['unrelated-secret']);
  log.event({ level: 'info', what: 'warm' });
  log.flush();
  redact.of('linear').add([CANARY]);
  const output = log.serverOutput('github');
  for (const form of encodingsOf(CANARY)) {
    log.event({ level: 'warn', what: `before ${form} after`, hint: form });
    log.call({ ...CALL, tool: form, errorType: form, client: form });
    output(redact(`said ${form}`), 'stderr');
  }
  log.flush();

  const files = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  expect(files).toHaveLength(2);
  const long = encodingsOf(CANARY).filter((form) => form.length > 7);
  for (const text of [told(), ...files]) {
    expect(long.filter((form) => text.includes(form))).toEqual([]);
    expect(text).toContain('•••');
  }
  for (const line of told().trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
});

test('tells less than it keeps where it is told to', async () => {
  for (const format of ['json', 'text'] as const) {
    const { log, told, kept } = await open({ format, toldLevel: 'warn' });
    log.call(CALL);
    log.call({ ...CALL, outcome: 'timeout' });
    log.flush();

    expect(told().split('\n')).toHaveLength(2);
    expect(told()).toContain('timeout');
    expect((await kept()).split('\n')).toHaveLength(3);
  }
});

test('what a server says goes to its own file', async () => {
  const { log, told, kept } = await open();
  log.serverOutput('github')('listening', 'stderr');
  log.serverOutput('github')('more', 'stdout');
  log.flush();

  expect(told()).toBe('');
  expect(await kept('github.log')).toBe(
    ['stderr listening', 'stdout more']
      .map((line) => `2026-01-02T03:04:05.000Z ${process.pid} ${line}\n`)
      .join(''),
  );
});

test('sets a file aside that has grown, and keeps three', async () => {
  const { createRotatingFile } = await import('../../../src/gateway/logs/rotating-file.ts');
  const folder = await temporaryFolder();
  const file = createRotatingFile(join(folder, 'x.jsonl'), 10);
  for (let index = 0; index < 6; index += 1) {
    file.write(`line ${index} is long enough\n`);
    file.flush();
  }

  expect((await readdir(folder)).sort()).toEqual(['x.jsonl', 'x.jsonl.1', 'x.jsonl.2', 'x.jsonl.3']);
  expect(await readFile(join(folder, 'x.jsonl.3'), 'utf8')).toBe('line 2 is long enough\n');
});
