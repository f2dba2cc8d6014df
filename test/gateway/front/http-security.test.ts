import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { legacyClient, modernRequest, post } from '../../support/gateway-client.ts';
import { sendRequest } from '../../support/loopback.ts';
import { serveStandIn, until } from './stand-in-hub.ts';

const BEARER = { authorization: 'Bearer ada-token' };
const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

test.each([
  ['evil.example', 403],
  ['evil.example:80', 403],
  ['localhost.evil.example', 403],
  ['127.0.0.1.evil.example', 403],
  ['127.0.0.1@evil.example', 403],
  ['192.168.1.5', 403],
  ['localhost', 405],
  ['LOCALHOST:1234', 405],
  ['127.0.0.1:1', 405],
  ['[::1]:8477', 405],
])('answers for Host %s with %i', async (host, status) => {
  const { url } = await serveStandIn();

  expect((await sendRequest(url, { headers: { ...BEARER, host } })).status).toBe(status);
});

test.each([
  ['https://evil.example', 403],
  ['http://localhost.evil.example', 403],
  ['null', 403],
  ['file://', 403],
  ['http://localhost:6274', 405],
  ['https://127.0.0.1', 405],
])('answers for Origin %s with %i', async (origin, status) => {
  const { url } = await serveStandIn();

  expect((await sendRequest(url, { headers: { ...BEARER, origin } })).status).toBe(status);
});

test('a page that made its name lead here learns nothing, not even that we live', async () => {
  const { origin } = await serveStandIn();

  for (const path of ['/livez', '/readyz', '/metrics', '/mcp', '/mcp/demo', '/nothing']) {
    const got = await sendRequest(`${origin}${path}`, { headers: { ...BEARER, host: 'evil.example' } });
    expect(got.status).toBe(403);
  }
});

test.each([[undefined], ['Bearer'], ['Bearer nobody'], ['Basic ada-token'], ['ada-token']])(
  'wants a bearer token, not %s',
  async (authorization) => {
    const { origin, hub } = await serveStandIn();
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };

    for (const path of ['/mcp', '/mcp/demo', '/mcp/no-such-server', '/metrics']) {
      const got = await sendRequest(`${origin}${path}`, { method: 'POST', headers });
      expect(got.status).toBe(401);
      expect(got.headers['www-authenticate']).toMatch(/^Bearer /);
      expect(JSON.parse(got.body)).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32000 } });
    }
    expect(hub.requests).toEqual([]);
  },
);

test('says whether it lives and is ready to anybody, and nothing else', async () => {
  const { origin } = await serveStandIn();

  for (const path of ['/livez', '/readyz']) {
    expect(await sendRequest(`${origin}${path}`)).toMatchObject({ status: 200, body: 'ok\n' });
  }
  expect((await sendRequest(`${origin}/.well-known/oauth-protected-resource`)).status).toBe(404);
  expect((await sendRequest(`${origin}/metrics`, { headers: BEARER })).status).toBe(404);
});

test('shows metrics to whoever has a token', async () => {
  const { origin } = await serveStandIn({
    metrics: async () => ({ contentType: 'text/plain', text: 'up 1\n' }),
  });

  expect((await sendRequest(`${origin}/metrics`, { headers: BEARER })).body).toBe('up 1\n');
  expect((await sendRequest(`${origin}/metrics`)).status).toBe(401);
});

test('nothing of the Authorization header goes further', async () => {
  const { url, hub } = await serveStandIn();
  const client = await legacyClient({ url, token: 'ada-token' });
  await client.call('echo');
  await modernRequest({ url, token: 'ada-token', method: 'tools/list' });

  expect(hub.requests).toHaveLength(3);
  for (const { signal, notify, client: speaker, ...request } of hub.requests) {
    const { ask, notify: _, ...facts } = speaker;
    const seen = JSON.stringify([request, facts, request.line.toString('utf8')]);
    expect(seen).not.toContain('-token');
  }
});

test('refuses bodies that are too long, told or not', async () => {
  const { url, hub } = await serveStandIn({ limits: { maxBodyBytes: 1024 } });
  const token = 'ada-token';
  const long = { ...LIST, params: { text: 'x'.repeat(2000) } };
  const reply = await post(url, long, { token });
  expect(reply.status).toBe(413);
  expect(reply.messages[0].error.code).toBe(-32000);

  const chunked = await fetch(url, {
    method: 'POST',
    headers: { ...BEARER, 'content-type': 'application/json' },
    body: new Blob([JSON.stringify(long)]).stream(),
    duplex: 'half',
  } as RequestInit);
  expect(chunked.status).toBe(413);
  expect(hub.requests).toEqual([]);
});

test('refuses what is no JSON, or does not say it is', async () => {
  const { url } = await serveStandIn();
  const token = 'ada-token';

  expect((await post(url, '{"jsonrpc"', { token })).messages[0].error.code).toBe(-32700);
  expect((await post(url, '[]', { token })).status).toBe(400);
  expect((await post(url, LIST, { token, headers: { 'content-type': 'text/plain' } })).status).toBe(415);
});

test('tells the one connection too many, and goes on with the others', async () => {
  const { url, origin } = await serveStandIn({ limits: { maxConnections: 2 } });
  const { port } = new URL(origin);
  const held = [1, 2].map(() => connect(Number(port), '127.0.0.1'));
  await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));

  const refused = await sendRequest(url, { headers: BEARER });
  expect(refused).toMatchObject({ status: 503, headers: { connection: 'close' } });
  for (const socket of held) socket.destroy();
  await until(() => held.every(({ closed }) => closed));
  await expect.poll(async () => (await sendRequest(url, { headers: BEARER })).status).toBe(405);
});

test('answers a malformed request and headers without end by closing', async () => {
  const { origin } = await serveStandIn();
  const answerTo = async (bytes: string): Promise<string> =>
    await new Promise((resolve) => {
      let got = '';
      const socket = connect(Number(new URL(origin).port), '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (chunk) => {
        got += chunk;
      });
      socket.on('close', () => resolve(got));
      socket.on('error', () => resolve(got));
    });

  expect(await answerTo('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  expect(await answerTo(`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
});
