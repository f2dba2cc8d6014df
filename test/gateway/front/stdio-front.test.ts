import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { serveStdio } from '../../../src/gateway/front/stdio-front.ts';
import type { Message } from '../../support/gateway-client.ts';
import { type StandInHub, standInHub, until } from './stand-in-hub.ts';

const KEY = 'io.modelcontextprotocol/';
const META = { [`${KEY}protocolVersion`]: '2026-07-28', [`${KEY}clientCapabilities`]: {} };

interface Pipe {
  readonly hub: StandInHub;
  readonly input: PassThrough;
  readonly output: PassThrough;
  readonly messages: Message[];
  readonly done: Promise<void>;
  send(...messages: unknown[]): void;
  answer(id: number | string): Promise<Message>;
  stop(): void;
}

function pipe({ only, reads = true }: { only?: string; reads?: boolean } = {}): Pipe {
  const hub = standInHub();
  const [input, output] = [new PassThrough(), new PassThrough()];
  const messages: Message[] = [];
  let rest = '';
  if (reads) {
    output.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) messages.push(JSON.parse(line));
    });
  }
  const controller = new AbortController();
  const { signal } = controller;
  const done = serveStdio({ hub, input, output, signal, ...(only !== undefined && { only }) });
  return {
    hub,
    input,
    output,
    messages,
    done,
    send: (...all) => void input.write(all.map((message) => `${JSON.stringify(message)}\n`).join('')),
    async answer(id) {
      const fits = (message: Message): boolean => message.id === id && message.method === undefined;
      await until(() => messages.some(fits));
      return messages.find(fits);
    },
    stop: () => controller.abort(),
  };
}

const request = (id: number | string, method: string, params: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});
const call = (id: number | string, name: string, more: object = {}) =>
  request(id, 'tools/call', { name, ...more });
const initialize = (protocolVersion = '2025-11-25') =>
  request(0, 'initialize', { protocolVersion, capabilities: {} });

test('speaks both eras on one pipe', async () => {
  const { send, answer, hub } = pipe({ only: 'demo' });
  send(initialize(), call(1, 'echo'), call(2, 'echo', { _meta: META }));

  expect((await answer(1)).result).toBeDefined();
  expect((await answer(2)).result).toBeDefined();
  expect(hub.requests.map(({ client }) => [client.era, client.principal, client.only])).toEqual([
    ['legacy', 'local', 'demo'],
    ['legacy', 'local', 'demo'],
    ['modern', 'local', 'demo'],
  ]);
});

test('answers in the order in which answers are there', async () => {
  const { send, answer, hub, messages } = pipe();
  send(initialize(), call(1, 'wait'), call(2, 'echo'));
  await answer(2);
  hub.release();
  await answer(1);

  expect(messages.map(({ id }) => id)).toEqual([0, 2, 1]);
});

test.each([
  ['legacy', {}],
  ['modern', { _meta: META }],
])('a request of the %s era that was cancelled is aborted and not answered', async (_era, more) => {
  const { send, answer, hub, messages } = pipe();
  send(call(1, 'wait', more));
  await hub.waiting(1);
  send(
    { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
    call(2, 'echo', more),
  );
  await answer(2);

  expect(hub.requests[0]?.signal.aborted).toBe(true);
  expect(messages.map(({ id }) => id)).toEqual([2]);
  expect(hub.notified).toEqual([]);
});

test('asks the client and takes its answer; withdraws the question when it left', async () => {
  const { send, answer, messages, input, done, hub } = pipe();
  send(initialize(), call('a', 'ask'));
  await until(() => messages.some(({ method }) => method === 'elicitation/create'));
  const { id } = messages.find(({ method }) => method === 'elicitation/create');
  send({ jsonrpc: '2.0', id, result: { action: 'accept' } });
  expect((await answer('a')).result.content[0].text).toBe('{"action":"accept"}');

  send(call('b', 'ask'));
  await until(() => messages.filter(({ method }) => method === 'elicitation/create').length === 2);
  const { id: second } = messages.at(-1);
  send({ jsonrpc: '2.0', id: second, error: { code: -1, message: 'no' } });
  await answer('b');
  input.end();
  await done;
  expect(hub.left.map(({ era }) => era)).toEqual(['legacy', 'modern']);
});

test('passes notifications on with the client they are from', async () => {
  const { send, hub } = pipe();
  const legacy = { jsonrpc: '2.0', method: 'notifications/initialized' };
  const modern = { jsonrpc: '2.0', method: 'notifications/x', params: { _meta: META } };
  send(legacy, modern);
  await until(() => hub.notified.length === 2);

  expect(hub.notified.map(({ client, message }) => [client.era, message])).toEqual([
    ['legacy', legacy],
    ['modern', modern],
  ]);
});

test('refuses a revision it does not speak, what is no message, and an id that is in use', async () => {
  const { send, input, answer, messages, hub } = pipe();
  send(call(1, 'echo', { _meta: { ...META, [`${KEY}protocolVersion`]: '2030-01-01' } }));
  expect((await answer(1)).error).toMatchObject({ code: -32022, data: { supported: ['2026-07-28'] } });
  input.write('nonsense\n\n');
  await until(() => messages.length === 2);
  expect(messages[1]).toMatchObject({ id: null, error: { code: -32700 } });
  send(call(3, 'wait'), call(3, 'echo'));
  expect((await answer(3)).error.code).toBe(-32600);
  expect(hub.requests).toHaveLength(1);
});

test('batches are answered as batches where the revision has them', async () => {
  const { send, messages, answer } = pipe();
  send([call(1, 'echo')]);
  await until(() => messages.length === 1);
  expect(messages[0].error.code).toBe(-32600);
  send(initialize('2025-03-26'));
  await answer(0);
  send([call(1, 'echo'), { jsonrpc: '2.0', method: 'notifications/x' }, call(2, 'echo')]);
  await until(() => messages.length === 3);

  expect(messages[2].map(({ id }: Message) => id)).toEqual([1, 2]);
});

test('requests that are open when the input ends are answered', async () => {
  const { send, input, hub, messages, done } = pipe();
  send(call(1, 'wait'));
  input.end();
  await hub.waiting(1);
  hub.release();
  await done;

  expect(messages.map(({ id }) => id)).toEqual([1]);
});

test('ends at once when told to stop', async () => {
  const { send, hub, stop, done } = pipe();
  send(call(1, 'wait'));
  await hub.waiting(1);
  stop();
  await done;

  expect(hub.requests[0]?.signal.aborted).toBe(true);
});

test('reads no more from a client that does not read', async () => {
  const { send, input, hub, output } = pipe({ reads: false });
  const long = { arguments: { text: 'x'.repeat(100_000) } };
  send(call(0, 'echo', long));
  await until(() => input.isPaused());
  for (let id = 1; id <= 20; id += 1) send(call(id, 'echo', long));
  await new Promise((resolve) => setImmediate(resolve));
  expect(hub.requests.length).toBeLessThan(21);

  output.resume();
  await until(() => hub.requests.length === 21);
});
