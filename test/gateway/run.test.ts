import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, start } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { scriptedServer, spawnEverything, startEverything } from '../support/http-servers.ts';
import { initialize, type LineClient, lineClient } from '../support/line-client.ts';
import { EVERYTHING, fixtureEntry, fixturePath, writeManifest } from '../support/servers.ts';

interface Run extends LineClient {
  readonly home: string;
}

async function run(entry: object, extra: Record<string, string> = {}): Promise<Run> {
  const home = await emptyHome(extra);
  await writeManifest(home.home, { subject: entry });
  return { ...lineClient(start(['run', 'subject'], home)), home: home.home };
}

async function call(client: LineClient, id: number, name: string, args: object = {}): Promise<string> {
  client.send({ id, method: 'tools/call', params: { name, arguments: args } });
  return await client.answer(id);
}

test('passes every message untouched in both directions', async () => {
  const capabilities = { roots: {}, sampling: {}, elicitation: {} };
  const session = [
    { method: 'notifications/initialized' },
    { id: 1, method: 'tools/list' },
    { id: 2, method: 'prompts/list' },
    { id: 3, method: 'resources/templates/list' },
    { id: '4', method: 'tools/call', params: { name: 'echo', arguments: { message: 'ü\u2028' } } },
    { id: 5, method: 'no/such/method' },
    { id: 6, method: 'tools/call', params: { name: 'get-tiny-image', arguments: {} } },
    { id: 7, method: 'logging/setLevel', params: { level: 'error' } },
    { id: 8, method: 'ping' },
  ];
  const record = async (client: LineClient): Promise<string[]> => {
    client.send(initialize('first', capabilities));
    await client.answer('first');
    for (const message of session) client.send(message);
    const asked = await client.line((line) => line.includes('"roots/list"'));
    client.send({ id: JSON.parse(asked).id, result: { roots: [] } });
    await Promise.all([1, 2, 3, '4', 5, 6, 7, 8].map(client.answer));
    expect(await client.end()).toBe(0);
    // Notifications come when the server likes.
    return client.lines.filter((line) => 'id' in JSON.parse(line)).sort();
  };
  const entry = { command: process.execPath, args: [EVERYTHING, 'stdio'] };
  const direct = await record(lineClient(spawn(entry.command, entry.args, { stdio: 'pipe' })));
  const relayed = await record(await run(entry));
  const overHttp = await record(await run({ url: `${await startEverything('streamableHttp')}/mcp` }));
  const overSse = await record(await run({ url: `${await startEverything('sse')}/sse` }));

  expect(relayed).toEqual(direct);
  // Ids of the server's own requests are its own affair, and each counts in its own way.
  const comparable = (lines: string[]): string[] => lines.filter((line) => !line.includes('"roots/list"'));
  expect(comparable(overHttp)).toEqual(comparable(direct));
  expect(comparable(overSse)).toEqual(comparable(direct));
  expect(direct).toHaveLength(10);
});

test('tells the client that a URL wants a sign-in, with exit status 4', async () => {
  const server = await scriptedServer((_received, response) => void response.writeHead(401).end());
  const client = await run({ url: `${server.origin}/mcp` });
  client.send(initialize());

  expect(JSON.parse(await client.answer(0)).error.data.code).toBe('SIGN_IN_NEEDED');
  expect(await client.closed).toBe(4);
});

test('sends no key over plain http to another machine, and says so', async () => {
  const headers = { 'X-Acme': '${ACME_KEY}' };
  const client = await run({ url: 'http://mcp.example.com/mcp', headers }, { ACME_KEY: 'hunter2-secret' });
  client.send(initialize());

  const { error } = JSON.parse(await client.answer(0));
  expect(error.data).toEqual({
    code: 'URL_REFUSED',
    hint: 'Write the "url" with https://; over http:// everybody on the way can read it.',
  });
  expect(await client.closed).toBe(6);
  expect(client.stderr() + error.message).not.toContain('hunter2-secret');
});

test('begins the session again when a server over HTTP was restarted', async () => {
  const port = await freePort();
  const first = await spawnEverything('streamableHttp', port);
  const client = await run({ url: `http://localhost:${port}/mcp` });
  client.send(initialize());
  await client.answer(0);
  client.send({ method: 'notifications/initialized' });
  await call(client, 1, 'echo', { message: 'one' });
  first.child.kill('SIGKILL');
  await once(first.child, 'close');
  // Whether the connection was known to be gone decides which.
  expect(await call(client, 2, 'echo', { message: 'two' })).toMatch(/SERVER_UNREACHABLE|OUTCOME_UNKNOWN/);
  const second = await spawnEverything('streamableHttp', port);

  expect(await call(client, 3, 'echo', { message: 'three' })).toContain('Echo: three');
  expect(await client.end()).toBe(0);
  second.child.kill('SIGKILL');
});

test.each([
  '{ "jsonrpc" : "2.0",\t"id" : 12345678901234567890, "method":"x", "unknown" : {"b":1,"a":1e0} }',
  '[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","method":"b"}]',
  '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"x","more":"\\u00fc\\/"}}',
  '{"method":"notifications/x","params":[1,2.0]}\r',
  `{"jsonrpc":"2.0","result":{"deep":[{"text":"${'y'.repeat(100_000)}"}]},"id":"a"}`,
])('keeps the bytes of %.60s', async (line) => {
  const client = await run(fixtureEntry('mirror'));
  client.send(line);

  expect(await client.line(() => true)).toBe(line);
  client.child.kill('SIGTERM');
  await client.closed;
});

test('gives a server its own variables and keeps the rest of ours', async () => {
  const entry = fixtureEntry('echo', { TOKEN: 'Bearer ${MY_TOKEN}', PLAIN: 'x' });
  const client = await run(entry, { MY_TOKEN: 'abc-123', OTHER_SECRET: 'no' });
  client.send(initialize());

  expect(await call(client, 1, 'env', { name: 'TOKEN' })).toContain('"Bearer abc-123"');
  expect(await call(client, 2, 'env', { name: 'PLAIN' })).toContain('"x"');
  expect(await call(client, 3, 'env', { name: 'OTHER_SECRET' })).toContain('(unset)');
  expect(await call(client, 4, 'env', { name: 'MY_TOKEN' })).toContain('(unset)');
  expect(await call(client, 5, 'env', { name: 'HOME' })).toContain(client.home);
  expect(await client.end()).toBe(0);
});

test('keeps junk from the client and writes it to the log', async () => {
  const client = await run(fixtureEntry('junk'));
  client.send(initialize());

  expect(await call(client, 1, 'echo', { message: 'hi' })).toContain('"hi"');
  expect(await client.end()).toBe(0);
  expect(client.lines).toHaveLength(2);
  const path = join(client.home, '.local', 'state', 'mcpctl', 'logs', 'subject.log');
  expect(await readFile(path, 'utf8')).toMatch(/ stdout Server listening on stdio\n.* stdout \{"level":30/);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('says once on stderr that a hand-written entry is not locked', async () => {
  const client = await run(fixtureEntry('echo'));
  client.send(initialize());
  await client.answer(0);

  expect(await client.end()).toBe(0);
  expect(client.stderr()).toBe('mcpctl: subject is not locked: it starts as the manifest says.\n');
});

test('answers initialize with the reason when the server ends at once, and mirrors its status', async () => {
  const client = await run(fixtureEntry('exits', { FIXTURE: '${SECRET}' }), { SECRET: 'hunter2-secret' });
  client.send(initialize(7));
  const { error } = JSON.parse(await client.answer(7));

  expect(error).toMatchObject({ code: -32000, data: { code: 'SERVER_EXITED' } });
  expect(error.message).toContain('FIXTURE_TOKEN is not set');
  expect(await client.closed).toBe(3);
  expect(client.stderr()).toContain('SERVER_EXITED The server subject exited with status 3.');
  expect(client.stderr() + error.message).not.toContain('hunter2-secret');
});

test('answers every open request when the server crashes', async () => {
  const client = await run(fixtureEntry('crash'));
  client.send(initialize());
  await client.answer(0);
  const answers = await Promise.all([call(client, 1, 'crash'), call(client, 2, 'crash')]);

  for (const answer of answers) expect(JSON.parse(answer).error.message).toContain('out of cheese');
  expect(await client.end()).toBe(0);
});

test.each([
  [{ command: 'no-such-program-here' }, 'SERVER_NOT_STARTED', 5],
  [{ command: process.execPath, args: ['${NO_SUCH_VARIABLE}'] }, expect.any(String), expect.any(Number)],
])('tells the client why the server cannot start', async (entry, code, status) => {
  const client = await run(entry);
  client.send(initialize());

  expect(JSON.parse(await client.answer(0)).error.data.code).toEqual(code);
  expect(await client.closed).toEqual(status);
});

test('names the servers there are when the name is wrong', async () => {
  const home = await emptyHome();
  await writeManifest(home.home, { one: fixtureEntry('echo'), two: fixtureEntry('echo') });
  const client = lineClient(start(['run', 'three', '--json'], home));
  client.child.stdin?.end();

  expect(await client.closed).toBe(2);
  expect(client.stderr()).toContain('Known: one, two.');
  expect(client.lines).toEqual([]);
});

test('ends a server that ignores everything when the client goes, with what it started', async () => {
  const client = await run({ command: process.execPath, args: [fixturePath('stubborn')] });
  await expect.poll(() => client.stderr(), { timeout: 60_000 }).toMatch(/^\d+ \d+$/m);
  const pids = (/^(\d+) (\d+)$/m.exec(client.stderr()) ?? []).slice(1).map(Number);
  expect(await client.end()).toBe(0);

  expect(pids).toHaveLength(2);
  for (const pid of pids) expect(await isGone(pid)).toBe(true);
});

test('ends the server when it is told to stop', async () => {
  const client = await run({ command: process.execPath, args: [fixturePath('stubborn')] });
  await expect.poll(() => client.stderr(), { timeout: 60_000 }).toMatch(/^\d+ \d+$/m);
  const pids = (/^(\d+) (\d+)$/m.exec(client.stderr()) ?? []).slice(1).map(Number);
  client.child.kill('SIGTERM');

  expect(await client.closed).toBe(0);
  for (const pid of pids) expect(await isGone(pid)).toBe(true);
});

test('answers requests piped in at once, though the input ends right after', async () => {
  const client = await run(fixtureEntry('asks'));
  client.send(initialize());
  client.send({ id: 1, method: 'tools/call', params: { name: 'log', arguments: {} } });

  expect(await client.end()).toBe(0);
  expect(await client.answer(1)).toContain('logged');
});

test('passes a message of 6 MiB and a reader that is slow to take it', async () => {
  const client = await run(fixtureEntry('echo'));
  client.send(initialize());
  await client.answer(0);
  client.child.stdout?.pause();
  const message = 'x'.repeat(6 * 1024 * 1024);
  const answer = call(client, 1, 'echo', { message });
  setTimeout(() => client.child.stdout?.resume(), 300);

  expect((await answer).length).toBeGreaterThan(message.length);
  expect(await client.end()).toBe(0);
});

async function isGone(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tX');
  return /^State:\s+[ZX]/m.test(state);
}

test('passes the 2026-07-28 era through, discovery and questions in results included', async () => {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
  };
  const session = [
    { id: 1, method: 'server/discover', params: { _meta } },
    { id: 2, method: 'tools/list', params: { _meta } },
    { id: 3, method: 'tools/call', params: { name: 'echo', arguments: { message: 'hi' }, _meta } },
    { id: 4, method: 'tools/call', params: { name: 'greet', arguments: {}, _meta } },
    { id: 5, method: 'tools/list', params: {} },
  ];
  const record = async (client: LineClient): Promise<string[]> => {
    for (const message of session) client.send(message);
    await Promise.all([1, 2, 3, 4, 5].map(client.answer));
    expect(await client.end()).toBe(0);
    // Answers come when they are ready.
    return client.lines.sort();
  };
  const direct = await record(
    lineClient(spawn(process.execPath, [fixturePath('modern')], { stdio: 'pipe' })),
  );

  expect(await record(await run(fixtureEntry('modern')))).toEqual(direct);
  expect(direct.join('\n')).toContain('"resultType":"input_required"');
  expect(direct.join('\n')).toContain('-32022');
});
