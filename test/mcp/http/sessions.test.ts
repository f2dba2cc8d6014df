import { expect, test } from 'vitest';
import type { Respond, ScriptedServer } from '../../support/http-servers.ts';
import { scriptedServer } from '../../support/http-servers.ts';
import { answer, HELLO, legacy, open, wire } from '../../support/remote-session.ts';

const EVENTS = { 'content-type': 'text/event-stream' };

/** What a server was asked, in order: the method of the message, or of the request where there is none. */
function asked({ received }: ScriptedServer): string[] {
  return received.map(({ method, body }) => body?.method ?? method);
}

/** A server that knows the session `s<n>` only, n being `sessions.last`. */
function forgetful(sessions: { last: number }, rest: Respond = answer): Respond {
  return legacy(
    () => `s${sessions.last}`,
    (received, response) => {
      if (received.headers['mcp-session-id'] === `s${sessions.last}`) rest(received, response);
      else response.writeHead(404).end();
    },
  );
}

test('repeats the handshake byte for byte, and once, when a session expired', async () => {
  const sessions = { last: 1 };
  const server = await scriptedServer(forgetful(sessions));
  const session = await open(server.origin);
  sessions.last = 2;
  await Promise.all([session.request('tools/list'), session.request('prompts/list')]);

  const greetings = server.received.filter(({ body }) => body?.method === 'initialize');
  expect(greetings.map(({ body }) => body)).toEqual([greetings[0]?.body, greetings[0]?.body]);
  expect(greetings[1]?.headers).not.toHaveProperty('mcp-session-id');
  expect(greetings[1]?.headers).not.toHaveProperty('mcp-protocol-version');
  const after = server.received.slice(server.received.indexOf(greetings[1] as (typeof greetings)[0]) + 1);
  expect(after[0]?.body.method).toBe('notifications/initialized');
  for (const { headers } of after) expect(headers['mcp-session-id']).toBe('s2');
});

test('does not begin a session again and again when the server forgets each', async () => {
  const server = await scriptedServer(
    legacy(
      () => 'gone',
      (_received, response) => response.writeHead(404).end(),
    ),
  );
  const session = await open(server.origin);

  await expect(session.request('tools/list')).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  expect(asked(server).filter((method) => method === 'initialize')).toHaveLength(2);
  expect(asked(server).filter((method) => method === 'tools/list')).toHaveLength(2);
});

test('subscribes again, and sets the log level again, in a session begun again', async () => {
  const sessions = { last: 1 };
  const server = await scriptedServer(forgetful(sessions));
  const session = await open(server.origin);
  await session.request('logging/setLevel', { level: 'info' });
  await session.request('logging/setLevel', { level: 'error' });
  await session.request('resources/subscribe', { uri: 'a:1' });
  await session.request('resources/subscribe', { uri: 'a:2' });
  await session.request('resources/unsubscribe', { uri: 'a:1' });
  sessions.last = 2;
  await session.request('tools/list');

  const repeated = server.received
    .filter(({ headers, body }) => headers['mcp-session-id'] === 's2' && body?.params)
    .map(({ body }) => [body.method, body.params]);
  expect(repeated).toEqual([
    ['logging/setLevel', { level: 'error' }],
    ['resources/subscribe', { uri: 'a:2' }],
    ['tools/list', {}],
  ]);
});

test('listens again in the session begun again, which it finds lost without being asked', async () => {
  const sessions = { last: 1 };
  const told: string[] = [];
  const server = await scriptedServer((received, response) => {
    if (received.method !== 'GET') return forgetful(sessions)(received, response);
    if (received.headers['mcp-session-id'] !== `s${sessions.last}`) return response.writeHead(404).end();
    response.writeHead(200, EVENTS);
    response.write(`retry: 10\ndata: {"jsonrpc":"2.0","method":"notifications/s${sessions.last}"}\n\n`);
    // The server restarts, and with it every session is new.
    if (sessions.last === 1) response.end();
    sessions.last = 2;
  });
  await open(server.origin, { notified: (method) => void told.push(method) });

  await expect.poll(() => told, { timeout: 60_000 }).toEqual(['notifications/s1', 'notifications/s2']);
  expect(asked(server).filter((method) => method === 'initialize')).toHaveLength(2);
});

test('takes a server at its word that has nothing to listen to', async () => {
  const server = await scriptedServer((received, response) => {
    if (received.method === 'GET') response.writeHead(404).end();
    else legacy(() => 's1', answer)(received, response);
  });
  const session = await open(server.origin);
  await session.request('tools/list');
  await session.request('tools/list');

  expect(asked(server).filter((method) => method === 'GET')).toHaveLength(1);
  expect(asked(server).filter((method) => method === 'initialize')).toHaveLength(1);
});

test('lets nothing overtake the end of the handshake', async () => {
  let isGreeted = false;
  const server = await scriptedServer((received, response) => {
    if (received.body?.method === 'notifications/initialized') {
      setTimeout(() => {
        isGreeted = true;
        response.writeHead(202).end();
      }, 100);
    } else
      legacy(
        () => 's1',
        (one, reply) => answer(one, reply, { isGreeted }),
      )(received, response);
  });

  const { send, answer: answered } = await wire(server.origin);
  send(HELLO);
  await answered(0);
  // A client on a stream does not wait for an answer to a notification.
  send({ method: 'notifications/initialized' });
  send({ id: 1, method: 'tools/list' });

  expect(await answered(1)).toMatchObject({ result: { isGreeted: true } });
});

test('goes on when a server leaves the end of the handshake unanswered', async () => {
  const server = await scriptedServer((received, response) => {
    if (received.body?.method !== 'notifications/initialized') legacy(() => 's1', answer)(received, response);
    // What some servers do: a stream for a notification, on which nothing ever comes.
    else response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  });
  const { send, answer: answered } = await wire(server.origin);
  send(HELLO);
  await answered(0);
  send({ method: 'notifications/initialized' })?.catch(() => {});
  send({ id: 1, method: 'tools/list' });

  expect(await answered(1)).toMatchObject({ result: {} });
});

test('keeps answers to a session that is lost from the one after it', async () => {
  const sessions = { last: 1 };
  const server = await scriptedServer(forgetful(sessions));
  const { send, answer: answered } = await wire(server.origin);
  send(HELLO);
  await answered(0);
  await send({ method: 'notifications/initialized' });
  sessions.last = 2;
  await send({ id: 7, result: { roots: [] } });
  await send({ id: 1, method: 'tools/list' });

  expect(
    server.received.filter(({ body }) => body?.id === 7).map(({ headers }) => headers['mcp-session-id']),
  ).toEqual(['s1']);
  expect(await answered(1)).toMatchObject({ result: {} });
});
