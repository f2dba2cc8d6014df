import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { type Received, scriptedServer } from '../../support/http-servers.ts';
import { HELLO, type Wire, wire } from '../../support/remote-session.ts';

interface OldServer {
  readonly origin: string;
  readonly received: readonly Received[];
  /** Streams that were opened, the latest last. */
  readonly streams: readonly ServerResponse[];
  /** How the next streams are refused instead. */
  refusing: number[];
  /** Methods that are not answered. */
  silentOn: string;
}

/** A server of 2024-11-05: messages go to the address that the latest stream named, and answers to that stream. */
async function oldServer(): Promise<OldServer> {
  const streams: ServerResponse[] = [];
  const { origin, received } = await scriptedServer(({ method, path, body }, response) => {
    if (method === 'GET') {
      const status = old.refusing.shift();
      if (status !== undefined) return void response.writeHead(status).end();
      streams.push(response);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return void response.write(`event: endpoint\ndata: /messages?session=${streams.length}\n\n`);
    }
    if (path !== `/messages?session=${streams.length}`) return void response.writeHead(404).end();
    response.writeHead(202).end('Accepted');
    if (body.id === undefined || body.method === old.silentOn) return;
    const result = { session: streams.length };
    streams.at(-1)?.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id: body.id, result })}\n\n`);
  });
  const old: OldServer = { origin, received, streams, refusing: [], silentOn: '' };
  return old;
}

async function greet(server: OldServer): Promise<Wire> {
  const client = await wire(server.origin, { transport: 'sse' });
  await client.send(HELLO);
  await client.send({ method: 'notifications/initialized' });
  return client;
}

test('settles a request with its answer', async () => {
  const { send, messages } = await greet(await oldServer());
  await send({ id: 1, method: 'tools/list' });

  expect(messages.at(-1)).toEqual({ jsonrpc: '2.0', id: 1, result: { session: 1 } });
});

test.each([
  ['at once', []],
  ['after a while', [503, 502]],
])('begins another session %s when the stream breaks, unseen by the client', async (_when, refusing) => {
  const server = await oldServer();
  const { send, messages } = await greet(server);
  server.refusing = refusing;
  server.silentOn = 'tools/call';
  const call = send({ id: 1, method: 'tools/call', params: { name: 'x' } });
  await expect.poll(() => server.received.at(-1)?.body?.method, { timeout: 60_000 }).toBe('tools/call');
  server.streams[0]?.end();

  await expect(call).rejects.toMatchObject({
    message: 'remote closed the connection before it answered tools/call.',
  });
  await send({ id: 2, method: 'tools/list' });
  expect(messages).toEqual([
    { jsonrpc: '2.0', id: 0, result: { session: 1 } },
    { jsonrpc: '2.0', id: 2, result: { session: 2 } },
  ]);
  const again = server.received.filter(({ path }) => path === '/messages?session=2').map(({ body }) => body);
  expect(again.slice(0, 2)).toEqual([
    { jsonrpc: '2.0', ...HELLO },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
  ]);
  expect(server.received.filter(({ body }) => body?.method === 'tools/call')).toHaveLength(1);
});

test('says that the connection is over when there is no server any more', async () => {
  const server = await oldServer();
  const { send, closed } = await greet(server);
  server.refusing = [404];
  server.streams[0]?.end();

  expect(await closed).toMatchObject({ code: 'SERVER_UNREACHABLE', data: { status: 404 } });
  await expect(send({ id: 1, method: 'tools/list' })).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
});

test('says that the connection is over when the stream breaks before the handshake', async () => {
  const server = await oldServer();
  const { closed } = await wire(server.origin, { transport: 'sse' });
  server.streams[0]?.end();

  expect(await closed).toMatchObject({ message: 'remote closed its event stream.' });
});

test('waits no longer for what the client gave up', async () => {
  const server = await oldServer();
  const { send } = await greet(server);
  server.silentOn = 'tools/call';
  const call = send({ id: 1, method: 'tools/call', params: { name: 'x' } });
  await expect.poll(() => server.received.at(-1)?.body?.method, { timeout: 60_000 }).toBe('tools/call');
  await send({ method: 'notifications/cancelled', params: { requestId: 1 } });

  await call;
});
