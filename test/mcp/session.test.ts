import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { Progress, RequestOptions } from '../../src/mcp/peer.ts';
import { type ClientHandlers, openSession, type Session } from '../../src/mcp/session.ts';
import { hashTools } from '../../src/mcp/tools.ts';
import { fixtureSession } from '../support/servers.ts';

async function withSession<T>(
  name: string,
  use: (session: Session) => Promise<T>,
  handlers: ClientHandlers = {},
): Promise<T> {
  const session = await openSession({ ...fixtureSession(name), handlers });
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

function call(
  session: Session,
  name: string,
  args: JsonObject,
  options?: RequestOptions,
): Promise<JsonObject> {
  return session.request('tools/call', { name, arguments: args }, options);
}

test('tells of progress, which starts the timeout anew', async () => {
  const seen: Progress[] = [];
  const options = { timeoutMs: 2000, onProgress: (progress: Progress) => void seen.push(progress) };
  const result = await withSession('asks', (session) =>
    call(session, 'steps', { count: 6, every: 500 }, options),
  );

  expect(result.content).toEqual([{ type: 'text', text: 'done' }]);
  expect(seen.map(({ progress }) => progress)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('gives up at the absolute limit whatever the progress', async () => {
  const options = { timeoutMs: 2000, totalMs: 300, onProgress: () => {} };

  await withSession('asks', async (session) => {
    await expect(call(session, 'steps', { count: 100, every: 50 }, options)).rejects.toMatchObject({
      code: 'SERVER_TIMEOUT',
    });
  });
});

test('tells the server that a call was cancelled', async () => {
  const messages: string[] = [];
  await withSession(
    'asks',
    async (session) => {
      const controller = new AbortController();
      const onProgress = (): void => controller.abort();
      const options = { signal: controller.signal, onProgress };
      await expect(call(session, 'steps', { count: 100, every: 20 }, options)).rejects.toMatchObject({
        code: 'CANCELLED',
      });
      await call(session, 'log', {});
    },
    { notified: (method) => void messages.push(method) },
  );

  expect(messages).toEqual(['notifications/message']);
});

test.each([
  ['ping', { result: {} }],
  ['roots/list', { result: { roots: [{ uri: 'file:///tmp', name: '/tmp' }] } }],
  [
    'sampling/createMessage',
    { error: { code: -32601, message: 'mcpctl does not answer sampling/createMessage here.' } },
  ],
  ['elicitation/create', { result: { action: 'accept', content: { name: 'Ada' } } }],
])('answers %s of the server', async (method, expected) => {
  const elicit = async (): Promise<JsonObject> => ({ action: 'accept', content: { name: 'Ada' } });
  const result = await withSession('asks', (session) => call(session, 'ask', { method }), { elicit });

  expect(result.content).toEqual([{ type: 'text', text: JSON.stringify(expected) }]);
});

test('plays through the questions of a modern server', async () => {
  const elicit = async (): Promise<JsonObject> => ({ action: 'accept', content: { name: 'Ada' } });
  const result = await withSession('modern', (session) => call(session, 'greet', {}), { elicit });

  expect(result.content).toEqual([{ type: 'text', text: 'hello Ada' }]);
});

test('fails the calls in flight when the server ends, and every later one', async () => {
  await withSession('crash', async (session) => {
    const crashed = { code: 'SERVER_EXITED', message: expect.stringContaining('out of cheese') };
    const calls = [call(session, 'crash', {}), call(session, 'crash', {})];

    for (const one of calls) await expect(one).rejects.toMatchObject(crashed);
    await expect(call(session, 'ok', {})).rejects.toMatchObject(crashed);
  });
});

test('hashes tools by content alone', () => {
  const one = { name: 'a', inputSchema: { type: 'object', required: ['x'] } };
  const two = { name: 'b', inputSchema: {} };
  const swapped = { inputSchema: { required: ['x'], type: 'object' }, name: 'a' };

  expect(hashTools([two, swapped])).toEqual(hashTools([one, two]));
  expect(hashTools([{ ...one, description: 'poisoned' }, two]).hash).not.toBe(hashTools([one, two]).hash);
});
