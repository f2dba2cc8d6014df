import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, start } from '../support/cli.ts';
import { writeSettings } from '../support/gateway.ts';
import { initialize, type LineClient, lineClient } from '../support/line-client.ts';
import { EVERYTHING, fixturePath, MEMORY, writeManifest } from '../support/servers.ts';

interface Session extends LineClient {
  readonly ledger: () => Promise<string[]>;
  readonly files: { readonly hideTools: string; readonly fail: string };
}

/** A session with the ledger server through `run`, its tools listed. */
async function ledgerSession(): Promise<Session> {
  const home = await emptyHome();
  const ledger = join(home.home, 'ledger');
  const files = { hideTools: join(home.home, 'hide'), fail: join(home.home, 'fail') };
  const env = { LEDGER: ledger, HIDE_TOOLS: files.hideTools, FAIL_FLAG: files.fail };
  await writeManifest(home.home, {
    subject: { command: process.execPath, args: [fixturePath('ledger')], env },
  });
  await writeSettings(home, { limits: { perMinute: 0 } });
  const client = lineClient(start(['run', 'subject'], home));
  await greet(client);
  return { ...client, files, ledger: async () => (await readFile(ledger, 'utf8')).trim().split('\n') };
}

async function greet(client: LineClient): Promise<void> {
  client.send(initialize('hello', { roots: {} }));
  await client.answer('hello');
  client.send({ method: 'notifications/initialized' });
  client.send({ id: 'tools', method: 'tools/list' });
  await client.answer('tools');
}

async function call(client: LineClient, id: string, name: string, args: object = {}): Promise<string> {
  client.send({ id, method: 'tools/call', params: { name, arguments: args } });
  return await client.answer(id);
}

const pidIn = (answer: string): number => Number(/by (\d+)/.exec(answer)?.[1]);
const callsOf = (ledger: string[], tool: string): string[] =>
  ledger.filter((line) => line.split(' ')[2] === tool);

test('goes on with the same session when its server is killed', async () => {
  const client = await ledgerSession();
  client.send({ id: 'level', method: 'logging/setLevel', params: { level: 'error' } });
  client.send({ id: 'watch', method: 'resources/subscribe', params: { uri: 'file:///a' } });
  await Promise.all([client.answer('level'), client.answer('watch')]);
  const first = pidIn(await call(client, 'one', 'look', { n: 1 }));
  process.kill(first, 'SIGKILL');
  const second = pidIn(await call(client, 'two', 'look', { n: 2 }));

  expect(second).not.toBe(first);
  const heard = (await client.ledger()).filter((line) => line.startsWith(`${second} `));
  expect(heard.map((line) => line.slice(`${second} `.length))).toEqual([
    'initialize',
    'notifications/initialized',
    'logging/setLevel',
    'resources/subscribe',
    'tools/list',
    'call look 2',
  ]);
  // Nothing of that reached the client twice.
  const ids = client.lines.map((line) => JSON.parse(line)).map(({ id, method }) => id ?? method);
  expect(ids).toEqual(['hello', 'tools', 'level', 'watch', 'one', 'two']);
  expect(client.stderr()).toContain('subject was started again after it ended; the session goes on.');
  expect(await client.end()).toBe(0);
});

test('sends reads again, and tells of writes that their outcome is unknown', async () => {
  const client = await ledgerSession();
  const pid = pidIn(await call(client, 'first', 'look'));
  const open = [
    call(client, 'read', 'slow-look', { n: 1 }),
    call(client, 'write', 'slow-change', { n: 2 }),
  ] as const;
  await expect
    .poll(async () => callsOf(await client.ledger(), 'slow-change'), { timeout: 60_000 })
    .toHaveLength(1);
  process.kill(pid, 'SIGKILL');
  const [read, write] = await Promise.all(open);

  expect(read).toContain('slow-look 1 by');
  expect(pidIn(read)).not.toBe(pid);
  const { error } = JSON.parse(write);
  expect(error.data.code).toBe('OUTCOME_UNKNOWN');
  expect(error.message).toContain('tools/call slow-change');
  expect(callsOf(await client.ledger(), 'slow-look')).toHaveLength(2);
  expect(callsOf(await client.ledger(), 'slow-change')).toHaveLength(1);
  expect(await client.end()).toBe(0);
});

test('loses no read and repeats no write while its server is killed under load', async () => {
  const client = await ledgerSession();
  const answers: Promise<string>[] = [];
  const sent = { change: 0, look: 0 };
  for (let round = 0; round < 4; round += 1) {
    const pid = pidIn(await call(client, `pid-${round}`, 'look'));
    for (let n = 0; n < 50; n += 1) {
      const tool = n % 2 ? 'change' : 'look';
      sent[tool] += 1;
      answers.push(call(client, `${tool}-${round}-${n}`, tool, { n: round * 1000 + n }));
      if (n === 25) process.kill(pid, 'SIGKILL');
    }
    await Promise.all(answers);
  }

  const done = (await Promise.all(answers)).map((line) => JSON.parse(line));
  const reads = done.filter(({ id }) => id.startsWith('look'));
  expect(reads.filter(({ result }) => result === undefined)).toEqual([]);
  for (const { id, result } of reads) {
    const [, round, n] = id.split('-').map(Number);
    expect(result.content[0].text).toContain(`look ${round * 1000 + n} by`);
  }
  const writes = done.filter(({ id }) => id.startsWith('change'));
  expect(writes).toHaveLength(sent.change);
  const unknown = writes.filter(({ error }) => error);
  expect(unknown.filter(({ error }) => error.data.code !== 'OUTCOME_UNKNOWN')).toEqual([]);
  const received = callsOf(await client.ledger(), 'change').map((line) => line.split(' ')[3]);
  expect(new Set(received).size).toBe(received.length);
  // What was answered was received.
  expect(received.length).toBeGreaterThanOrEqual(writes.length - unknown.length);
  expect(await client.end()).toBe(0);
});

test('gives up a request that ends the server each time, and the server when it ends at each start', async () => {
  const client = await ledgerSession();
  const poisoned = JSON.parse(await call(client, 'poison', 'poison'));

  expect(poisoned.error.data.code).toBe('SERVER_CRASH_LOOP');
  expect(poisoned.error.message).toContain('ended 3 times in a row while it worked on tools/call poison');
  expect(callsOf(await client.ledger(), 'poison')).toHaveLength(3);

  await writeFile(client.files.fail, '');
  const pid = pidIn(await call(client, 'alive', 'look').catch(() => ''));
  if (pid) process.kill(pid, 'SIGKILL');
  const refused = JSON.parse(await call(client, 'refused', 'look'));
  expect(refused.error.data).toMatchObject({ code: 'SERVER_CRASH_LOOP' });
  const again = JSON.parse(await call(client, 'again', 'look'));
  expect(again.error.data.code).toBe('SERVER_CRASH_LOOP');
  expect(again.error.data.retryAfterMs).toBeGreaterThan(200_000);
  expect(await client.end()).toBe(0);
});

test('takes a server that lists no tools any more for broken', async () => {
  const client = await ledgerSession();
  const pid = pidIn(await call(client, 'one', 'look'));
  await writeFile(client.files.hideTools, '');
  process.kill(pid, 'SIGKILL');
  const waiting = call(client, 'two', 'look', { n: 2 });
  await expect.poll(() => client.stderr(), { timeout: 60_000 }).toContain('lists no tools any more');
  await rm(client.files.hideTools);

  expect(await waiting).toContain('look 2 by');
  expect(await client.end()).toBe(0);
});

test('keeps the answer to a question of the server that ended from the next one', async () => {
  const client = await ledgerSession();
  const pid = pidIn(await call(client, 'one', 'look'));
  const asking = call(client, 'asking', 'ask');
  const question = JSON.parse(await client.line((line) => line.includes('"roots/list"')));
  process.kill(pid, 'SIGKILL');
  const isSecond = (line: string): boolean =>
    line.includes('"roots/list"') && JSON.parse(line).id !== question.id;
  const second = JSON.parse(await client.line(isSecond));
  const withdrawn = await client.line((line) => line.includes('notifications/cancelled'));
  expect(JSON.parse(withdrawn).params.requestId).toBe(question.id);
  client.send({ id: question.id, result: { roots: [{ uri: 'file:///old' }] } });
  client.send({ id: second.id, result: { roots: [{ uri: 'file:///new' }] } });

  expect(await asking).toContain('file:///new');
  expect(await client.end()).toBe(0);
});

test.each([
  ['server-everything', [EVERYTHING, 'stdio'], 'echo', { message: 'hi' }, 'Echo: hi'],
  ['server-memory', [MEMORY], 'read_graph', {}, 'entities'],
])('revives %s', async (_name, args, tool, parameters, expected) => {
  const home = await emptyHome();
  await writeManifest(home.home, { subject: { command: process.execPath, args } });
  const client = lineClient(start(['run', 'subject'], home));
  await greet(client);
  const running = await childrenOf(client.child.pid ?? 0);
  expect(running.length).toBeGreaterThan(0);
  for (const pid of running) process.kill(pid, 'SIGKILL');

  expect(await call(client, 'after', tool, parameters)).toContain(expected);
  expect(await client.end()).toBe(0);
});

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(' ').filter(Boolean).map(Number);
}
