import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { scriptedServer } from '../../support/http-servers.ts';
import { answer, HELLO, legacy, open, wire } from '../../support/remote-session.ts';

async function failureOf(url: string): Promise<Record<string, unknown>> {
  const { send } = await wire(url);
  const error = await send(HELLO)?.then(
    () => undefined,
    (reason: { data: Record<string, unknown> }) => reason,
  );
  return { sent: undefined, retryAfterMs: undefined, ...error?.data };
}

/** Accepts connections and ends each as soon as it says something. */
async function hangingUp(): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

test('knows that nothing was sent where nobody listens', async () => {
  const url = `http://127.0.0.1:${await freePort()}/mcp`;

  expect(await failureOf(url)).toMatchObject({ reason: 'ECONNREFUSED', sent: false });
});

test('knows that nothing was sent where the name is unknown or no TLS is spoken', async () => {
  expect(await failureOf('http://no-such-host.invalid/mcp')).toMatchObject({ sent: false });
  expect(await failureOf(`https://${await hangingUp()}/mcp`)).toMatchObject({ sent: false });
});

test('does not know it when the connection is cut, new or kept', async () => {
  expect(await failureOf(`http://${await hangingUp()}/mcp`)).toMatchObject({ sent: undefined });

  const { origin } = await scriptedServer(
    legacy(
      () => 's',
      (received, response) =>
        received.body.method === 'tools/call' ? response.socket?.destroy() : answer(received, response),
    ),
  );
  const session = await open(`${origin}/mcp`);
  const error = await session.request('tools/call', { name: 'x' }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'SERVER_UNREACHABLE' });
  expect((error as { data: object }).data).not.toHaveProperty('sent');
});

test.each([
  [429, '7', { status: 429, sent: false, retryAfterMs: 7000 }],
  [429, undefined, { status: 429, sent: false, retryAfterMs: undefined }],
  [503, '2', { status: 503, sent: undefined, retryAfterMs: 2000 }],
  [500, '2', { status: 500, sent: undefined, retryAfterMs: undefined }],
])('tells what a status of %i with Retry-After %s means', async (status, header, expected) => {
  const { origin } = await scriptedServer((_received, response) => {
    response.writeHead(status, header === undefined ? {} : { 'retry-after': header }).end('busy');
  });

  expect(await failureOf(`${origin}/mcp`)).toMatchObject(expected);
});
