import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Era } from '../../../src/mcp/greeting.ts';
import { json, scriptedServer } from '../../support/http-servers.ts';
import {
  callOf,
  entryOf,
  message,
  type OpenedUpstream,
  request,
  textOf,
  upstreamTo,
} from '../../support/upstream.ts';

const LONG = { timeout: 60_000 };

async function odd(...args: string[]): Promise<OpenedUpstream> {
  return await upstreamTo(await entryOf('odd', 'stdio', args));
}

test('passes numbers of any size there and back', async () => {
  const { upstream } = await odd();
  const args = '{"n":12345678901234567890, "e":1.0e+400,"s":"\\u00e9"}';
  const line = Buffer.from(
    `{"jsonrpc":"2.0","id":98765432109876543210,"method":"tools/call","params":{"name":"x","arguments":${args}}}\n`,
  );

  const answer = await upstream.request(callOf('raw', {}, { line }));

  expect(answer.line.toString()).toContain(`"structuredContent":${args}`);
});

test('gives out a megabyte byte by byte', async () => {
  const { upstream } = await odd();

  const { line, isError } = await upstream.request(callOf('big'));

  expect(isError).toBe(false);
  expect(
    line
      .toString()
      .replace(/"id":\d+,/, '"id":0,')
      .trimEnd(),
  ).toBe(
    `{"jsonrpc":"2.0","id":0,"result":{ "content": [{"type":"text","text":"\\"id\\":1 \\u00e9 ${'x'.repeat(1_000_000)}"}] }}`,
  );
});

test('knows an answer however its id is written, and no other', async () => {
  const { upstream } = await odd();
  const call = async (name: string): Promise<string> => textOf(await upstream.request(callOf(name)));

  expect(await call('as_text')).toBe('as text');
  expect(await call('in_a_batch')).toBe('batch');
  expect(await call('twice')).toBe('first');
  expect(await call('to_another')).toBe('mine');
  expect(message(await upstream.request(callOf('as_nobody'))).error.message).toBe('Who asks?');
});

test('tells a legacy server what was cancelled, and drops its late answers', async () => {
  const { upstream } = await odd();
  const control = new AbortController();
  const waiting = upstream.request(callOf('wait', {}, { signal: control.signal }));
  const other = upstream.request(callOf('raw', { a: 1 }));
  control.abort();

  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(other).resolves.toMatchObject({ isError: false });
  const told = JSON.parse(textOf(await upstream.request(callOf('told'))));
  const cancelled = told.filter(({ method }: JsonObject) => method === 'notifications/cancelled');
  expect(cancelled).toHaveLength(1);
  expect(cancelled[0].params.requestId).toEqual(expect.any(Number));
});

test('sends nothing of a request that is cancelled before', async () => {
  const { upstream } = await odd();

  await expect(upstream.request(callOf('wait', {}, { signal: AbortSignal.abort() }))).rejects.toMatchObject({
    code: 'CANCELLED',
    data: { sent: false },
  });
  const told: JsonObject[] = JSON.parse(textOf(await upstream.request(callOf('told'))));
  expect(told.map(({ method }) => method)).toEqual(['notifications/initialized']);
});

test('cancels at a modern server over HTTP by hanging up', async () => {
  let isHungUp = false;
  const { origin, received } = await scriptedServer(({ body }, response) => {
    if (body.method !== 'server/discover') return void response.on('close', () => (isHungUp = true));
    const result = { supportedVersions: ['2026-07-28'], capabilities: { tools: {} } };
    json(response, { jsonrpc: '2.0', id: body.id, result });
  });
  const { upstream } = await upstreamTo({ url: `${origin}/mcp` });
  const control = new AbortController();
  const waiting = upstream.request(callOf('wait', {}, { signal: control.signal }));
  await expect.poll(() => received.length, LONG).toBe(2);
  control.abort();

  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect.poll(() => isHungUp, LONG).toBe(true);
});

test('goes on with a server that crashed; what it may have done is not done again', async () => {
  const { upstream, heard } = await odd();
  const before = upstream.pids;
  const ended = upstream.request(callOf('end'));

  await expect(ended).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(textOf(await upstream.request(callOf('as_text')))).toBe('as text');
  expect(heard.restarts).toBe(1);
  expect(before).toHaveLength(1);
  expect(upstream.pids).not.toEqual(before);
});

test('starts a server again when it is asked to', async () => {
  const { upstream, heard } = await odd();
  const before = upstream.pids;
  await upstream.restart?.('asked');

  expect(upstream.pids).not.toEqual(before);
  expect(heard.restarts).toBe(1);
  expect(textOf(await upstream.request(callOf('as_text')))).toBe('as text');
});

test.each(['exits', 'ignores'])(
  'finds out the era of a server that %s at what it does not know',
  async (mode) => {
    const eras = new Map<string, Era>();
    const entry = await entryOf('odd', 'stdio', [mode]);
    const { upstream } = await upstreamTo(entry, { eras });

    expect(upstream.about.era).toBe('legacy');
    expect(eras.get('fixture')).toBe('legacy');
    // With the verdict it is greeted at once.
    const { upstream: second } = await upstreamTo(entry, { eras });
    expect(textOf(await second.request(callOf('as_text')))).toBe('as text');
  },
);

test('greets a server anew that was replaced by one of another era', async () => {
  const eras = new Map<string, Era>([['fixture', 'legacy']]);
  const { upstream } = await upstreamTo(await entryOf('modern', 'stdio'), { eras });

  expect(upstream.about.era).toBe('modern');
  expect(eras.get('fixture')).toBe('modern');
});

test('fails with nothing sent when a server does not start, or wants a sign-in', async () => {
  await expect(upstreamTo({ command: '/no/such/program', args: [] })).rejects.toMatchObject({
    data: { sent: false },
  });
  await expect(upstreamTo(await entryOf('exits', 'stdio'))).rejects.toMatchObject({
    code: 'SERVER_EXITED',
    data: { sent: false },
  });

  const { origin, received } = await scriptedServer((_, response) => void response.writeHead(401).end());
  await expect(upstreamTo({ url: `${origin}/mcp` })).rejects.toMatchObject({
    code: 'SIGN_IN_NEEDED',
    data: { sent: false },
  });
  expect(received).toHaveLength(1);
});

test('is over after it was closed, and says that nothing was sent', async () => {
  const { upstream } = await odd();
  const waiting = upstream.request(callOf('wait'));
  const lost = expect(waiting).rejects.toMatchObject({ code: 'SERVER_EXITED' });
  await upstream.close();
  await lost;

  await expect(upstream.ended).resolves.toBeUndefined();
  await expect(upstream.request(request('tools/list'))).rejects.toMatchObject({ data: { sent: false } });
});

test('quotes no secret of the server in failures', async () => {
  const secret = 'hunter2-hunter2';
  const { origin } = await scriptedServer(({ headers }, response) => {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(`bad key ${headers['x-key']}`);
  });
  const failure = await upstreamTo(
    { url: `${origin}/mcp`, headers: { 'X-Key': '${MY_KEY}' } },
    { env: { MY_KEY: secret } },
  ).then(
    () => undefined,
    (error: Error) => `${error.message} ${JSON.stringify(error)}`,
  );

  expect(failure).toContain('bad key');
  expect(failure).not.toContain(secret);
});
