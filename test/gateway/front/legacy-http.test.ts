import { expect, test } from 'vitest';
import { legacyClient, type Message, post } from '../../support/gateway-client.ts';
import { serveStandIn, until } from './stand-in-hub.ts';

const TOKEN = { token: 'ada-token' };

test('answers as JSON when nothing comes before the answer', async () => {
  const { url } = await serveStandIn();
  const client = await legacyClient({ url, ...TOKEN });
  const reply = await client.post({
    jsonrpc: '2.0',
    id: 7,
    method: 'tools/call',
    params: { name: 'echo', arguments: { a: 1 } },
  });

  expect(reply.status).toBe(200);
  expect(reply.headers.get('content-type')).toBe('application/json');
  expect(reply.messages[0]).toEqual({
    jsonrpc: '2.0',
    id: 7,
    result: { content: [{ type: 'text', text: '{"a":1}' }] },
  });
  expect(client.session).toMatch(/^[0-9a-f]{32}$/);
});

test('brings notifications ahead of the answer on the stream of their request', async () => {
  const { url } = await serveStandIn();
  const client = await legacyClient({ url, ...TOKEN });
  const params = { name: 'steps', arguments: { count: 3 } };
  const reply = await client.post({ jsonrpc: '2.0', id: 'x', method: 'tools/call', params });

  expect(reply.headers.get('content-type')).toBe('text/event-stream');
  expect(reply.messages.map((message: Message) => message.params?.progress ?? message.id)).toEqual([
    1,
    2,
    3,
    'x',
  ]);
});

test('asks on the stream of the request that caused it and takes the answer by another POST', async () => {
  const { url } = await serveStandIn();
  const client = await legacyClient({
    url,
    ...TOKEN,
    answer: (method) => ({ action: 'accept', content: { method } }),
  });

  const { result } = await client.call('ask');
  expect(JSON.parse(result.content[0].text)).toEqual({
    action: 'accept',
    content: { method: 'elicitation/create' },
  });
});

test('a refused question is told as refused', async () => {
  const { url } = await serveStandIn();
  const client = await legacyClient({
    url,
    ...TOKEN,
    answer: () => ({ error: { code: -1, message: 'no' } }),
  });

  const { error } = await client.call('ask');
  expect(error.message).toContain('no');
});

test('keeps what is said unasked until the client listens', async () => {
  const { url } = await serveStandIn();
  const client = await legacyClient({ url, ...TOKEN, answer: () => ({ action: 'decline' }) });
  await client.call('tell');
  const asking = client.call('ask', { unasked: true });
  expect(client.received).toEqual([]);

  const { status } = await client.listen();
  expect(status).toBe(200);
  expect(JSON.parse((await asking).result.content[0].text)).toEqual({ action: 'decline' });
  expect(client.received.map(({ method }) => method)).toEqual([
    'notifications/tools/list_changed',
    'elicitation/create',
  ]);
});

test('a broken stream is read on where it broke off', async () => {
  const { url, hub } = await serveStandIn();
  const client = await legacyClient({ url, ...TOKEN });
  const ids: string[] = [];
  const controller = new AbortController();
  const params = { name: 'steps', arguments: { count: 3, waits: true } };
  const broken = client.post(
    { jsonrpc: '2.0', id: 9, method: 'tools/call', params },
    { signal: controller.signal, onId: (id) => void ids.push(id) },
  );
  await hub.waiting(1);
  await until(() => ids.length === 4);
  controller.abort();
  await expect(broken).rejects.toThrow();
  hub.release();
  // The first event carries no data: it tells the place to read on from.
  const [, first = ''] = ids;
  const again: Message[] = [];
  const onMessage = (message: Message): void => void again.push(message.params?.progress ?? message.id);
  const { status } = await client.listen({ lastEventId: first, onMessage });

  expect(status).toBe(200);
  await until(() => again.length === 3);
  expect(again).toEqual([2, 3, 9]);
});

test('an event of no stream of this session cannot be read on from', async () => {
  const { url } = await serveStandIn();
  const client = await legacyClient({ url, ...TOKEN });

  for (const lastEventId of ['77-1', 'junk', '-1']) {
    expect((await client.listen({ lastEventId })).status).toBe(404);
  }
});

test('what is sent to a client that takes no events waits for its stream', async () => {
  const { url } = await serveStandIn();
  const client = await legacyClient({ url, ...TOKEN });
  const body = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'steps', arguments: { count: 2 } },
  };
  const reply = await client.post(body, { headers: { accept: 'application/json' } });
  expect(reply.messages.map(({ id }: Message) => id)).toEqual([1]);

  await client.listen();
  await until(() => client.received.length === 2);
});

test('keeps the answers of the last streams, and not more than there is room for', async () => {
  const { url } = await serveStandIn({ limits: { maxBodyBytes: 8 * 1024 * 1024 } });
  const client = await legacyClient({ url, ...TOKEN });
  const answerTo = async (id: number, bytes: number): Promise<string> => {
    let last = '';
    const args = { count: 1, text: 'x'.repeat(bytes) };
    const body = { jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'steps', arguments: args } };
    await client.post(body, { onId: (event) => (last = event) });
    return last;
  };
  const again = async (event: string): Promise<number> => {
    const { status, close } = await client.listen({ lastEventId: event.replace(/-\d+$/, '-1') });
    close();
    return status;
  };
  const small = [];
  for (let id = 1; id <= 9; id += 1) small.push(await answerTo(id, 1));
  expect(await again(small[0] ?? '')).toBe(404);
  expect(await again(small[1] ?? '')).toBe(200);
  const [large, larger] = [await answerTo(20, 3_000_000), await answerTo(21, 3_000_000)];
  expect(await again(small[8] ?? '')).toBe(404);
  expect(await again(large)).toBe(404);
  expect(await again(larger)).toBe(200);
});

test('older clients get no event without data', async () => {
  const { url } = await serveStandIn();
  const client = await legacyClient({ url, ...TOKEN, version: '2025-06-18' });
  const params = { name: 'steps', arguments: { count: 1 } };
  const { text } = await client.post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });

  expect(text).not.toContain('retry:');
  expect(text.match(/^id: \d+-\d+$/gm)).toHaveLength(2);
});

test('the client cancels a request: it is aborted and not answered', async () => {
  const { url, hub } = await serveStandIn();
  const client = await legacyClient({ url, ...TOKEN });
  const pending = client.post({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'wait' } });
  await hub.waiting(1);
  await client.notify('notifications/cancelled', { requestId: 5 });

  expect((await pending).status).toBe(202);
  expect(hub.requests.at(-1)?.signal.aborted).toBe(true);
});

test('a client that hangs up has not cancelled', async () => {
  const { url, hub } = await serveStandIn();
  const client = await legacyClient({ url, ...TOKEN });
  const controller = new AbortController();
  const { signal } = controller;
  const pending = client.post(
    { jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'wait' } },
    { signal },
  );
  await hub.waiting(1);
  controller.abort();
  await expect(pending).rejects.toThrow();
  await client.call('echo');

  expect(hub.requests.find(({ id }) => id === '5')?.signal.aborted).toBe(false);
});

test('batches belong to sessions of 2025-03-26', async () => {
  const { url } = await serveStandIn();
  const batch = [1, 2].map((id) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: 'echo', arguments: { id } },
  }));
  const old = await legacyClient({ url, ...TOKEN, version: '2025-03-26' });
  const reply = await old.post([...batch, { jsonrpc: '2.0', method: 'notifications/x' }]);
  expect(reply.messages.map(({ id }: Message) => id)).toEqual([1, 2]);
  expect((await old.post([{ jsonrpc: '2.0', method: 'notifications/x' }])).status).toBe(202);

  const newer = await legacyClient({ url, ...TOKEN });
  expect((await newer.post(batch)).status).toBe(400);
});

test('wants a session it knows', async () => {
  const { url } = await serveStandIn();
  const request = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

  expect((await post(url, request, TOKEN)).status).toBe(400);
  expect((await post(url, request, { ...TOKEN, headers: { 'mcp-session-id': 'f'.repeat(32) } })).status).toBe(
    404,
  );
  const client = await legacyClient({ url, ...TOKEN });
  const headers = { 'mcp-protocol-version': '1999-01-01' };
  expect((await client.post(request, { headers })).status).toBe(400);
});

test("another principal's session is none", async () => {
  const { url, hub } = await serveStandIn();
  const ada = await legacyClient({ url, ...TOKEN });
  const request = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  const headers = { 'mcp-session-id': ada.session };
  const before = hub.requests.length;

  expect((await post(url, request, { token: 'bob-token', headers })).status).toBe(404);
  const listening = await fetch(url, { headers: { ...headers, authorization: 'Bearer bob-token' } });
  expect(listening.status).toBe(404);
  const ending = await fetch(url, {
    method: 'DELETE',
    headers: { ...headers, authorization: 'Bearer bob-token' },
  });
  expect(ending.status).toBe(404);
  expect(hub.requests).toHaveLength(before);
  expect((await ada.request('tools/list')).result.tools).toHaveLength(2);
});

test('a session of one server is none of another address', async () => {
  const { url } = await serveStandIn();
  const client = await legacyClient({ url: `${url}/demo`, ...TOKEN });
  const headers = { 'mcp-session-id': client.session };

  expect((await client.request('tools/list')).result.tools).toHaveLength(2);
  expect((await post(url, { jsonrpc: '2.0', id: 1, method: 'ping' }, { ...TOKEN, headers })).status).toBe(
    404,
  );
  expect((await post(`${url}/other`, {}, TOKEN)).status).toBe(404);
});

test('ends when the client says so, and its requests with it', async () => {
  const { url, hub } = await serveStandIn();
  const client = await legacyClient({ url, ...TOKEN });
  const pending = client.call('wait');
  await hub.waiting(1);

  expect(await client.end()).toBe(200);
  expect((await pending).error.data.code).toBe('CANCELLED');
  expect(hub.left).toHaveLength(1);
  expect((await client.post({ jsonrpc: '2.0', id: 1, method: 'tools/list' })).status).toBe(404);
});

test('ends sessions nobody uses, and none that waits or listens', async () => {
  const { url, hub } = await serveStandIn({ limits: { sessionIdleMs: 300 } });
  const waiting = await legacyClient({ url, ...TOKEN });
  const pending = waiting.call('wait');
  const listening = await legacyClient({ url, ...TOKEN });
  await listening.listen();
  const idle = await legacyClient({ url, ...TOKEN });
  await until(() => hub.left.length > 0);

  expect((await idle.post({ jsonrpc: '2.0', id: 1, method: 'tools/list' })).status).toBe(404);
  expect(hub.left).toHaveLength(1);
  hub.release();
  expect((await pending).result).toBeDefined();
  expect((await listening.request('tools/list')).result).toBeDefined();
});
