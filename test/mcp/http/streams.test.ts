import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { type Received, type Respond, scriptedServer } from '../../support/http-servers.ts';
import { answer, HELLO, legacy, open, wire } from '../../support/remote-session.ts';

const EVENTS = { 'content-type': 'text/event-stream' };

const event = (id: string, message?: object): string =>
  `id: ${id}\nretry: 20\ndata: ${message ? JSON.stringify({ jsonrpc: '2.0', ...message }) : ''}\n\n`;

/** A legacy server whose answers to calls are the parts given, one a connection; a number is a refusal. */
function inParts(parts: readonly (string | number | 'cut')[]): { respond: Respond; resumedAfter: unknown[] } {
  const rest = [...parts];
  const resumedAfter: unknown[] = [];
  const serve = ({ method, headers }: Received, response: ServerResponse): void => {
    if (method === 'GET') resumedAfter.push(headers['last-event-id']);
    const part = rest.shift() ?? 405;
    if (part === 'cut') response.destroy();
    else if (typeof part === 'number') response.writeHead(part).end();
    else response.writeHead(200, EVENTS).end(part);
  };
  return { respond: legacy(() => 's1', serve), resumedAfter };
}

const DONE = { id: 2, result: { late: true } };

test.each([
  ['every time it ends', [event('1'), event('2'), event('3'), event('4', DONE)], ['1', '2', '3']],
  ['when a part brings nothing new', [event('1'), ': nothing\n\n', event('2', DONE)], ['1', '1']],
  ['when the server is busy or away', [event('1'), 503, 'cut', event('2', DONE)], ['1', '1', '1']],
] as const)('reads a stream on %s', async (_when, parts, after) => {
  const { respond, resumedAfter } = inParts(parts);
  const session = await open((await scriptedServer(respond)).origin);

  expect(await session.request('tools/call', { name: 'x' })).toEqual({ late: true });
  expect(resumedAfter).toEqual(after);
});

test('hands out what is said before the answer, once', async () => {
  const { respond } = inParts([event('1', { method: 'notifications/a' }), event('2', DONE)]);
  const told: string[] = [];
  const notified = (method: string): void => void told.push(method);
  const session = await open((await scriptedServer(respond)).origin, { notified });
  await session.request('tools/call', { name: 'x' });

  expect(told).toEqual(['notifications/a']);
});

test.each([
  ['refuses to go on', [event('1'), 405]],
  ['brings nothing new for ever', [event('1'), ...Array.from({ length: 20 }, () => ': nothing\n\n')]],
  ['cuts a stream without numbers', ['data: {"jsonrpc":"2.0",']],
])('says that the answer is lost when the server %s', async (_what, parts) => {
  const { respond } = inParts(parts);
  const server = await scriptedServer(respond);
  const session = await open(server.origin);

  await expect(session.request('tools/call', { name: 'x' })).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
    message: 'remote closed the connection before it answered tools/call.',
  });
  expect(server.received.filter(({ body }) => body?.method === 'tools/call')).toHaveLength(1);
});

test('says that the answer is lost when it breaks off in the middle', async () => {
  const server = await scriptedServer(
    legacy(
      () => 's1',
      (_received, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"jsonrpc":"2.0","id":2,', () => response.destroy());
      },
    ),
  );
  const session = await open(server.origin);

  await expect(session.request('tools/call', { name: 'x' })).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
    message: 'remote closed the connection before it answered tools/call.',
  });
});

test('does not go on with a request that the client gave up', async () => {
  const calls: ServerResponse[] = [];
  const server = await scriptedServer(
    legacy(
      () => 's1',
      ({ method, body }, response) => {
        if (body?.method === 'notifications/cancelled') {
          response.writeHead(202).end();
          calls[0]?.end();
        } else if (method === 'GET') response.writeHead(500).end();
        else calls.push(response.writeHead(200, EVENTS)) && response.write(event('1'));
      },
    ),
  );
  const { send, answer: answered } = await wire(server.origin);
  send(HELLO);
  await answered(0);
  await send({ method: 'notifications/initialized' });
  const call = send({ id: 1, method: 'tools/call', params: { name: 'x' } });
  await expect.poll(() => calls.length, { timeout: 60_000 }).toBe(1);
  send({ method: 'notifications/cancelled', params: { requestId: 1 } });
  await call;

  const resumed = server.received.filter(({ headers }) => headers['last-event-id'] !== undefined);
  expect(resumed).toEqual([]);
});

test('hangs up on a server that keeps an answered stream open', async () => {
  const closed = new Promise<void>((resolve) => {
    void scriptedServer(
      legacy(
        () => 's1',
        (_received, response) => {
          response.writeHead(200, EVENTS).write(event('1', DONE));
          response.on('close', resolve);
        },
      ),
    )
      .then(({ origin }) => open(origin))
      .then((session) => session.request('tools/call', { name: 'x' }));
  });

  await closed;
});

test('takes what a stream brings however it is cut and framed', async () => {
  const framed =
    '\uFEFFevent: message\r\n: a comment\r\nid: 1\r\n' +
    'data: {"jsonrpc":"2.0",\r\ndata:"id":2,"result":{"text":"zwölf\\nü"}}\r\n\r\n';
  const server = await scriptedServer(
    legacy(
      () => 's1',
      async (_received, response) => {
        response.writeHead(200, EVENTS);
        for (const byte of Buffer.from(framed)) {
          response.write(Buffer.of(byte));
          await new Promise(setImmediate);
        }
        response.end();
      },
    ),
  );
  const session = await open(server.origin);

  expect(await session.request('tools/call', { name: 'x' })).toEqual({ text: 'zwölf\nü' });
});

test('closes an idle connection before the server does', async () => {
  let isClosed = false;
  const server = await scriptedServer((received, response) => {
    response.setHeader('keep-alive', 'timeout=2');
    response.socket?.once('end', () => {
      isClosed = true;
    });
    legacy(() => 's1', answer)(received, response);
  });
  await open(server.origin);

  await expect.poll(() => isClosed, { timeout: 60_000 }).toBe(true);
});

test.each([
  ['tools/list', true],
  ['resources/read', true],
  ['tools/call', false],
  ['tasks/update', false],
])('sends %s again when a kept connection was closed: %s', async (method, isRepeated) => {
  let isCut = false;
  const server = await scriptedServer((received, response) => {
    if (received.body?.method !== method || isCut) return legacy(() => 's1', answer)(received, response);
    isCut = true;
    response.destroy();
  });
  const session = await open(server.origin);
  // Leaves a connection that is free by now, beside the one that listens.
  await session.request('ping');
  const done = session.request(method, {});

  if (isRepeated) expect(await done).toEqual({});
  else
    await expect(done).rejects.toMatchObject({ message: expect.stringContaining('the connection was cut') });
  const times = server.received.filter(({ body }) => body?.method === method).length;
  expect(times).toBe(isRepeated ? 2 : 1);
});

test('waits however long a server asks for', async () => {
  const { respond, resumedAfter } = inParts(['id: 1\nretry: 99999999999\ndata:\n\n', event('2', DONE)]);
  const server = await scriptedServer(respond);
  const client = await wire(server.origin);
  client.send(HELLO);
  await client.answer(0);
  await client.send({ method: 'notifications/initialized' });
  // Fails when the test closes the connection.
  client.send({ id: 1, method: 'tools/call', params: { name: 'x' } })?.catch(() => {});
  await expect.poll(() => server.received.at(-1)?.body?.method, { timeout: 60_000 }).toBe('tools/call');
  // Time enough for a timer that ends at once.
  await client.send({ id: 2, method: 'tools/call', params: { name: 'y' } });

  expect(resumedAfter).toEqual([]);
});
