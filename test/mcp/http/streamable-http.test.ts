import { expect, test } from 'vitest';
import type { Authorize } from '../../../src/mcp/http/authorize.ts';
import { json, scriptedServer } from '../../support/http-servers.ts';
import { answer, legacy, open } from '../../support/remote-session.ts';

test('carries session and version, reads pretty-printed JSON and says goodbye', async () => {
  const server = await scriptedServer(
    legacy(
      () => 's1',
      (received, response) => answer(received, response, { a: [1] }),
    ),
  );
  const session = await open(`${server.origin}/mcp`, { headers: { 'x-key': 'k' } });

  expect(await session.request('tools/list')).toEqual({ a: [1] });
  await session.close();
  const list = server.received.find(({ body }) => body?.method === 'tools/list');
  expect(list?.headers).toMatchObject({
    'mcp-session-id': 's1',
    'mcp-protocol-version': '2025-06-18',
    'x-key': 'k',
    accept: 'application/json, text/event-stream',
  });
  expect(server.received.find(({ body }) => body?.method === 'initialize')?.headers).not.toHaveProperty(
    'mcp-session-id',
  );
  expect(server.received.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET', 'POST', 'DELETE']);
});

test.each([404, 400])('begins the session again when the server forgot it and answers %i', async (status) => {
  let sessions = 1;
  const server = await scriptedServer(
    legacy(
      () => `s${sessions}`,
      (received, response) => {
        if (received.headers['mcp-session-id'] !== `s${sessions}`)
          response.writeHead(status).end('no session');
        else answer(received, response, { session: sessions });
      },
    ),
  );
  const session = await open(`${server.origin}/mcp`);
  expect(await session.request('tools/list')).toEqual({ session: 1 });
  sessions = 2;

  expect(await Promise.all([session.request('a'), session.request('b')])).toEqual([
    { session: 2 },
    { session: 2 },
  ]);
  expect(server.received.filter(({ body }) => body?.method === 'initialize')).toHaveLength(2);
});

test('keeps a session whose server answers 400 for another reason', async () => {
  const server = await scriptedServer(
    legacy(
      () => 's1',
      (received, response) => {
        if (received.body.method === 'ping') answer(received, response);
        else
          json(response, { jsonrpc: '2.0', id: null, error: { code: -32602, message: 'bad cursor' } }, 400);
      },
    ),
  );
  const session = await open(`${server.origin}/mcp`);

  await expect(session.request('tools/list')).rejects.toMatchObject({
    code: 'SERVER_ERROR',
    data: { rpcCode: -32602 },
  });
  expect(server.received.filter(({ body }) => body?.method === 'initialize')).toHaveLength(1);
});

test('reads on where a stream broke off, after the time the server asks for', async () => {
  const server = await scriptedServer(
    legacy(
      () => 's1',
      (received, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        if (received.method === 'POST') response.end('id: e1\nretry: 40\ndata:\n\n: ping\n\n');
        else response.end('id: e2\ndata: {"jsonrpc":"2.0",\ndata: "id":2,"result":{"late":true}}\n\n');
      },
    ),
  );
  const session = await open(`${server.origin}/mcp`);

  expect(await session.request('tools/call', { name: 'x' })).toEqual({ late: true });
  expect(server.received.at(-1)?.headers).toMatchObject({ 'last-event-id': 'e1', 'mcp-session-id': 's1' });
});

test('does not send a call again when its answer is lost', async () => {
  const server = await scriptedServer(
    legacy(
      () => 's1',
      (_received, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(': nothing\n\n');
      },
    ),
  );
  const session = await open(`${server.origin}/mcp`);

  await expect(session.request('tools/call', { name: 'x' })).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
  });
  expect(server.received.filter(({ body }) => body?.method === 'tools/call')).toHaveLength(1);
});

test('hears what the server says unasked', async () => {
  const heard = new Promise<string>((resolve) => {
    void scriptedServer((received, response) => {
      if (received.method !== 'GET') return legacy(() => 's1', answer)(received, response);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\r\n\r\n');
    }).then(({ origin }) => open(origin, { notified: resolve }));
  });

  expect(await heard).toBe('notifications/tools/list_changed');
});

test.each([401, 403])(
  'asks for a sign-in at %i and repeats the request once with a new token',
  async (status) => {
    const server = await scriptedServer((received, response) => {
      if (received.headers.authorization !== 'Bearer new') {
        response.writeHead(status, { 'www-authenticate': 'Bearer scope="a"' }).end();
      } else legacy(() => 's1', answer)(received, response);
    });
    await expect(open(server.origin)).rejects.toMatchObject({ code: 'SIGN_IN_NEEDED', data: { status } });
    await expect(open(server.origin, { headers: { authorization: 'Bearer old' } })).rejects.toMatchObject({
      code: 'SIGN_IN_NEEDED',
    });

    let token = 'old';
    let accepted = 0;
    const challenges: unknown[] = [];
    const authorize: Authorize = {
      headers: async () => ({ authorization: `Bearer ${token}` }),
      async satisfy(challenge) {
        challenges.push(challenge);
        token = 'new';
        return true;
      },
      accepted() {
        accepted += 1;
      },
    };
    expect((await open(server.origin, { authorize })).protocolVersion).toBe('2025-06-18');
    expect(accepted).toBe(1);
    const sent = { authorization: 'Bearer old' };
    expect(challenges).toEqual([
      { status, wwwAuthenticate: 'Bearer scope="a"', sent, url: new URL(server.origin) },
    ]);
  },
);

test('follows a redirect within the origin only', async () => {
  const other = await scriptedServer(answer);
  const server = await scriptedServer((received, response) => {
    if (received.path === '/mcp/') legacy(() => 's1', answer)(received, response);
    else
      response.writeHead(307, { location: received.path === '/mcp' ? '/mcp/' : `${other.origin}/mcp` }).end();
  });

  expect((await open(`${server.origin}/mcp`)).era).toBe('legacy');
  await expect(open(`${server.origin}/away`)).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
    message: expect.stringContaining('does not follow with credentials'),
  });
  expect(other.received).toEqual([]);
});

test('takes no address for messages on another origin', async () => {
  const server = await scriptedServer((_received, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('event: endpoint\ndata: http://127.0.0.2:1/steal\n\n');
  });

  await expect(open(server.origin, { transport: 'sse' })).rejects.toMatchObject({ code: 'SERVER_PROTOCOL' });
});

test('sends the headers of the stateless era, and cancels by closing', async () => {
  const inputSchema = {
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      n: { type: 'integer', 'x-mcp-header': 'N' },
    },
  };
  let closed = false;
  const server = await scriptedServer((received, response) => {
    const { method, params } = received.body;
    if (method === 'server/discover') {
      answer(received, response, { supportedVersions: ['2026-07-28'], capabilities: { tools: {} } });
    } else if (method === 'tools/list') answer(received, response, { tools: [{ name: 'go', inputSchema }] });
    else if (params.arguments.region === 'stuck') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': waiting\n\n');
      response.on('close', () => {
        closed = true;
      });
    } else answer(received, response, { resultType: 'complete' });
  });
  const session = await open(server.origin, { first: 'discover' });
  await session.request('tools/list');
  await session.request('tools/call', { name: 'go', arguments: { region: ' Zürich', n: 3 } });

  expect(session.era).toBe('modern');
  expect(server.received.at(-1)?.headers).toMatchObject({
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'go',
    'mcp-param-region': `=?base64?${Buffer.from(' Zürich').toString('base64')}?=`,
    'mcp-param-n': '3',
  });
  expect(server.received.at(-1)?.headers).not.toHaveProperty('mcp-session-id');

  const stuck = session.request(
    'tools/call',
    { name: 'go', arguments: { region: 'stuck' } },
    { timeoutMs: 300 },
  );
  await expect(stuck).rejects.toMatchObject({ code: 'SERVER_TIMEOUT' });
  await expect.poll(() => closed, { timeout: 60_000 }).toBe(true);
  expect(server.received.some(({ body }) => body?.method === 'notifications/cancelled')).toBe(false);
});

test('takes a body of 20 MiB', async () => {
  const text = 'x'.repeat(20 * 1024 * 1024);
  const server = await scriptedServer(
    legacy(
      () => 's1',
      (received, response) => answer(received, response, { text }),
    ),
  );
  const session = await open(server.origin);

  expect((await session.request('tools/call', { name: 'big', arguments: { text } })).text).toHaveLength(
    text.length,
  );
});
