import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson, start } from '../support/cli.ts';
import { json, type Received, scriptedServer } from '../support/http-servers.ts';
import { initialize, type LineClient, lineClient } from '../support/line-client.ts';
import { fixtureEntry, writeManifest } from '../support/servers.ts';

const QUICK = { audit: { key: 'file' }, retry: { pausesMs: [10, 10, 10] } };

interface World extends Home {
  /** Messages the server got. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server got.
  seen(method?: string): Promise<any[]>;
}

async function world(settings: object, servers: Record<string, object> = {}): Promise<World> {
  const home = await emptyHome();
  const file = join(home.home, 'seen.jsonl');
  await writeFile(file, '');
  await writeManifest(home.home, { paced: fixtureEntry('paced', { SEEN_FILE: file }), ...servers });
  await mkdir(join(home.home, '.config/mcpctl'), { recursive: true });
  await writeFile(join(home.home, '.config/mcpctl/config.json'), JSON.stringify({ ...QUICK, ...settings }));
  const seen = async (method?: string) => {
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
    const messages = lines.map((line) => JSON.parse(line));
    return method === undefined ? messages : messages.filter((message) => message.method === method);
  };
  return { ...home, seen };
}

async function session(home: Home, server = 'paced'): Promise<LineClient> {
  const client = lineClient(start(['run', server], home));
  client.send(initialize());
  await client.answer(0);
  client.send({ method: 'notifications/initialized' });
  return client;
}

async function call(client: LineClient, id: number | string, name: string, more: object = {}) {
  client.send({ id, method: 'tools/call', params: { name, arguments: {}, ...more } });
  return JSON.parse(await client.answer(id));
}

async function outcomes(home: Home): Promise<string[]> {
  const { document } = await mcpctlJson(['audit', 'query'], home);
  return document.data.calls.map(
    ({ tool, outcome, attempt }: { tool: string; outcome: string; attempt: number }) =>
      `${tool} ${outcome} ${attempt}`,
  );
}

test('a silent server is told to give up; a write is not sent again, a read is, each time under its own id', async () => {
  const home = await world({ timeouts: { toolMs: 800 }, breaker: { enabled: false } });
  const client = await session(home);
  client.send({ id: 1, method: 'tools/list' });
  await client.answer(1);

  expect((await call(client, 2, 'silent')).error.data.code).toBe('SERVER_TIMEOUT');
  expect((await call(client, 3, 'silent-read')).error.data.code).toBe('SERVER_TIMEOUT');
  expect((await call(client, 4, 'look')).result.content[0].text).toBe('look 1');
  await client.end();
  const calls = await home.seen('tools/call');
  const idsOf = (name: string) => calls.filter(({ params }) => params.name === name).map(({ id }) => id);
  expect(idsOf('silent')).toEqual([2]);
  expect(idsOf('silent-read')).toHaveLength(4);
  expect(new Set(idsOf('silent-read')).size).toBe(4);
  const cancelled = (await home.seen('notifications/cancelled')).map(({ params }) => params.requestId);
  expect(cancelled).toEqual([...idsOf('silent'), ...idsOf('silent-read')]);
  expect(await outcomes(home)).toEqual(['silent timeout 1', 'silent-read timeout 4', 'look ok 1']);
});

test('a tool that claims nothing is looked up before it is given up', async () => {
  const home = await world({ timeouts: { toolMs: 300 } });
  const client = await session(home);
  // No list was asked for: whether the call may be repeated is found out when it failed.
  await call(client, 1, 'silent-read');
  await call(client, 2, 'silent');
  await client.end();

  const names = (await home.seen('tools/call')).map(({ params }) => params.name);
  expect(names).toEqual(['silent-read', 'silent-read', 'silent-read', 'silent-read', 'silent']);
  expect(await home.seen('tools/list')).toHaveLength(1);
});

test('an answer that comes after its call was given up reaches nobody', async () => {
  const home = await world({ timeouts: { toolMs: 1500 } });
  const client = await session(home);
  client.send({ id: 1, method: 'tools/list' });
  await client.answer(1);

  expect((await call(client, 'x', 'late-read')).result.content[0].text).toBe('late-read 2');
  await expect.poll(async () => (await home.seen('tools/call')).length).toBe(2);
  await call(client, 3, 'look');
  await client.end();
  expect(client.lines.filter((line) => line.includes('late-read'))).toHaveLength(2);
  expect(client.lines.filter((line) => line.includes('late-read 1'))).toEqual([]);
});

test('progress keeps a call alive', async () => {
  const home = await world({ timeouts: { toolMs: 2000 } });
  const client = await session(home);

  const { result } = await call(client, 1, 'steps', { _meta: { progressToken: 'p' } });
  await client.end();
  expect(result.content[0].text).toBe('steps 1');
  expect(client.lines.filter((line) => line.includes('notifications/progress'))).toHaveLength(8);
});

test('what is denied is neither shown nor called, and nothing else waits for that', async () => {
  const home = await world({ policy: { deny: ['paced/*@write', 'paced/mystery'] } });
  const client = await session(home);
  client.send({ id: 1, method: 'tools/list' });
  const { result } = JSON.parse(await client.answer(1));
  expect(result.tools.map(({ name }: { name: string }) => name)).not.toContain('change');

  expect((await call(client, 2, 'change')).error.data.code).toBe('TOOL_DENIED');
  expect((await call(client, 3, 'mystery')).error.data.code).toBe('TOOL_DENIED');
  expect((await call(client, 4, 'look')).result.content[0].text).toBe('look 1');
  await client.end();
  expect((await home.seen('tools/call')).map(({ id }) => id)).toEqual([4]);
  expect(await outcomes(home)).toEqual(['change denied 1', 'mystery denied 1', 'look ok 1']);

  const called = await mcpctlJson(['call', 'paced', 'change'], home);
  expect([called.status, called.document.error?.code]).toEqual([6, 'TOOL_DENIED']);
  expect((await mcpctl(['call', 'paced', 'look'], home)).status).toBe(0);
});

test('what is judged is what the server reads, whatever else stands on the line', async () => {
  const home = await world({ policy: { deny: ['paced/silent'] } });
  const client = await session(home);
  const line =
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","Method":"ping","params":{"name":"silent","Name":"silent","name":"look","arguments":{"n":12345678901234567890}}}';
  client.send(line);
  await client.answer(1);
  await client.end();

  const received = await readFile(join(home.home, 'seen.jsonl'), 'utf8');
  expect(received).not.toMatch(/silent|"Name"|"Method"/);
  expect((await home.seen('tools/call')).map(({ params }) => params.name)).toEqual(['look']);
});

test('in read-only mode a call that comes before any list is judged by what the server says', async () => {
  const home = await world({ policy: { readOnly: true } });
  const client = await session(home);

  expect((await call(client, 1, 'change')).error.data.code).toBe('TOOL_DENIED');
  expect((await call(client, 2, 'mystery')).error.data.code).toBe('TOOL_DENIED');
  expect((await call(client, 3, 'look')).result.content[0].text).toBe('look 1');
  await client.end();
  expect(await home.seen('tools/list')).toHaveLength(1);
});

test('while the settings cannot be read nothing may be called', async () => {
  const home = await world({ policy: { deny: 'paced/change' } });
  const client = await session(home);

  expect((await call(client, 1, 'change')).error.data.code).toBe('SETTINGS_INVALID');
  client.send({ id: 2, method: 'ping' });
  expect(JSON.parse(await client.answer(2)).result).toEqual({});
  await client.end();
  expect(await home.seen('tools/call')).toEqual([]);
});

test('a batch with calls is taken apart and answered as one', async () => {
  const home = await world({ policy: { deny: ['paced/change'] } });
  const client = await session(home);
  const request = (id: number, name: string) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name, arguments: {} },
  });
  const ping = { jsonrpc: '2.0', id: 3, method: 'ping' };
  const note = { jsonrpc: '2.0', method: 'notifications/roots/list_changed' };
  client.send(JSON.stringify([request(1, 'look'), request(2, 'change'), ping, note]));
  const answers = JSON.parse(await client.line((line) => line.startsWith('[')));
  await client.end();

  const byId = Object.fromEntries(answers.map((answer: { id: number }) => [answer.id, answer]));
  expect(byId[1].result.content[0].text).toBe('look 1');
  expect(byId[2].error.data.code).toBe('TOOL_DENIED');
  expect(byId[3].result).toEqual({});
  expect(await home.seen('notifications/roots/list_changed')).toHaveLength(1);
  expect((await home.seen()).some((message) => Array.isArray(message))).toBe(false);
});

test('a cancelled call is not answered, and its server is told', async () => {
  const home = await world({});
  const client = await session(home);
  client.send({ id: 1, method: 'tools/call', params: { name: 'silent', arguments: {} } });
  await expect.poll(async () => (await home.seen('tools/call')).length).toBe(1);
  client.send({ method: 'notifications/cancelled', params: { requestId: 1 } });
  await expect.poll(async () => (await home.seen('notifications/cancelled')).length).toBe(1);
  await call(client, 2, 'look');
  await client.end();

  expect(client.lines.some((line) => JSON.parse(line).id === 1)).toBe(false);
  expect(await outcomes(home)).toEqual(['silent cancelled 1', 'look ok 1']);
});

test('a call over the limit is refused with the time to wait', async () => {
  const home = await world({ limits: { perMinute: 2 } });
  const client = await session(home);
  await call(client, 1, 'look');
  await call(client, 2, 'look');
  const { error } = await call(client, 3, 'look');
  await client.end();

  expect(error.data).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
  expect(await outcomes(home)).toEqual(['look ok 1', 'look ok 1', 'look rate_limited 1']);
});

test('a server that keeps failing is left alone, and says so at once', async () => {
  const home = await world({ timeouts: { toolMs: 200 }, retry: { pausesMs: [] } });
  const client = await session(home);
  for (let id = 1; id <= 5; id += 1) await call(client, id, 'silent');
  const { error } = await call(client, 6, 'look');
  await client.end();

  expect(error.data).toMatchObject({ code: 'SERVER_RESTING', retryAfterMs: expect.any(Number) });
  expect((await home.seen('tools/call')).map(({ params }) => params.name)).not.toContain('look');
});

/** An HTTP server whose tools fail in the ways HTTP can, each so many times. */
async function flaky(fails: (name: string, count: number) => number | 'cut' | undefined) {
  const counts: Record<string, number> = {};
  const annotations = { readOnlyHint: true };
  const tools = [
    { name: 'read', inputSchema: { type: 'object' }, annotations },
    { name: 'write', inputSchema: { type: 'object' } },
  ];
  const server = await scriptedServer(({ method, body }: Received, response) => {
    if (method !== 'POST') return void response.writeHead(405).end();
    const answer = (result: object) => json(response, { jsonrpc: '2.0', id: body.id, result });
    if (body.id === undefined) return void response.writeHead(202).end();
    if (body.method === 'initialize') {
      const { protocolVersion } = body.params;
      return answer({
        protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'flaky', version: '1' },
      });
    }
    if (body.method === 'tools/list') return answer({ tools });
    const { name } = body.params;
    counts[name] = (counts[name] ?? 0) + 1;
    const failure = fails(name, counts[name]);
    if (failure === 'cut') response.destroy();
    else if (failure !== undefined) response.writeHead(failure).end();
    else answer({ content: [{ type: 'text', text: `${name} ${counts[name]}` }] });
  });
  return { entry: { url: `${server.origin}/mcp` }, counts };
}

test.each([503, 500, 'cut'] as const)(
  'over HTTP a read is repeated after %s, and a write is not',
  async (failure) => {
    const { entry, counts } = await flaky((_, count) => (count < 3 ? failure : undefined));
    const client = await session(await world({}, { flaky: entry }), 'flaky');

    expect((await call(client, 1, 'write')).error.data.code).toBe(
      failure === 'cut' ? 'OUTCOME_UNKNOWN' : 'SERVER_UNREACHABLE',
    );
    expect((await call(client, 2, 'read')).result.content[0].text).toBe('read 3');
    await client.end();
    expect(counts).toEqual({ write: 1, read: 3 });
  },
);

test('another server answers a read when its own is down, and only a read', async () => {
  const { entry, counts } = await flaky(() => 503);
  const fallbacks = {
    looking: [
      { server: 'flaky', tool: 'read' },
      { server: 'paced', tool: 'look' },
    ],
  };
  const home = await world({ fallbacks }, { flaky: entry });
  const client = await session(home, 'flaky');
  const { id, result } = await call(client, 'seven', 'read');
  const write = await call(client, 2, 'write');
  await client.end();

  expect([id, result.content[0].text]).toEqual(['seven', 'look 1']);
  expect(result._meta['mcpctl/fallback'].by).toEqual({ server: 'paced', tool: 'look' });
  expect(write.error.data.code).toBe('SERVER_UNREACHABLE');
  expect(counts).toEqual({ read: 4, write: 1 });
});

test('a list of tools that cannot be judged is refused, and what comes after it is answered', async () => {
  const client = await session(await world({ store: { kind: 'redis' } }));
  client.send({ id: 1, method: 'tools/list' });
  client.send({ id: 2, method: 'ping' });

  expect(JSON.parse(await client.answer(1)).error.data.code).toBe('SETTINGS_INVALID');
  expect(JSON.parse(await client.answer(2)).result).toEqual({});
});
