import { expect, test } from 'vitest';
import { type Message, modernRequest, post } from '../../support/gateway-client.ts';
import { serveStandIn, until } from './stand-in-hub.ts';

const TOKEN = { token: 'ada-token' };
const KEY = 'io.modelcontextprotocol/';
const META = { [`${KEY}protocolVersion`]: '2026-07-28', [`${KEY}clientCapabilities`]: {} };

test('answers a request without any session', async () => {
  const { url, hub } = await serveStandIn();
  const reply = await modernRequest({
    url,
    ...TOKEN,
    method: 'tools/call',
    params: { name: 'echo', arguments: { a: 1 } },
  });

  expect(reply.status).toBe(200);
  expect(reply.headers.get('content-type')).toBe('application/json');
  expect(reply.headers.get('mcp-session-id')).toBeNull();
  expect(reply.messages[0].result.content[0].text).toBe('{"a":1}');
  expect(hub.requests[0]?.client).toMatchObject({ era: 'modern', principal: 'ada' });
});

test('the same ids at once are different requests', async () => {
  const { url, hub } = await serveStandIn();
  const params = { name: 'wait' };
  const replies = [1, 2, 3].map(() => modernRequest({ url, ...TOKEN, method: 'tools/call', params, id: 1 }));
  await hub.waiting(3);
  hub.release();

  for (const reply of await Promise.all(replies)) expect(reply.messages[0].result).toBeDefined();
});

test('brings what comes before the answer as events without ids', async () => {
  const { url } = await serveStandIn();
  const params = { name: 'steps', arguments: { count: 2 } };
  const reply = await modernRequest({ url, ...TOKEN, method: 'tools/call', params });

  expect(reply.headers.get('x-accel-buffering')).toBe('no');
  expect(reply.messages.map((message: Message) => message.params?.progress ?? message.id)).toEqual([1, 2, 1]);
  expect(reply.text).not.toMatch(/^id:/m);
});

test('sends no events to a client that takes none', async () => {
  const { url } = await serveStandIn();
  const params = { name: 'steps', arguments: { count: 2 } };
  const headers = { accept: 'application/json' };
  const reply = await modernRequest({ url, ...TOKEN, method: 'tools/call', params, headers });

  expect(reply.headers.get('content-type')).toBe('application/json');
  expect(reply.messages.map(({ id }: Message) => id)).toEqual([1]);
});

test('closing the connection cancels', async () => {
  const { url, hub } = await serveStandIn();
  const controller = new AbortController();
  const { signal } = controller;
  const pending = modernRequest({ url, ...TOKEN, method: 'tools/call', params: { name: 'wait' }, signal });
  await hub.waiting(1);
  controller.abort();
  await expect(pending).rejects.toThrow();

  await until(() => hub.requests[0]?.signal.aborted === true);
});

test('subscriptions are one long answer, which ends with a result when the gateway stops', async () => {
  const { url, front } = await serveStandIn();
  const messages: Message[] = [];
  const listening = modernRequest({
    url,
    ...TOKEN,
    method: 'subscriptions/listen',
    params: { notifications: { toolsListChanged: true } },
    id: 'sub',
    onMessage: (message) => void messages.push(message),
  });
  await until(() => messages.length === 1);
  expect(messages[0].method).toBe('notifications/subscriptions/acknowledged');
  await front.drain(5000);

  expect((await listening).messages.at(-1)).toMatchObject({ id: 'sub', result: { resultType: 'complete' } });
});

test.each([
  ['no Mcp-Method', { 'mcp-method': '' }],
  ['another method', { 'mcp-method': 'tools/list' }],
  ['a method in capitals', { 'mcp-method': 'TOOLS/CALL' }],
  ['no Mcp-Name', { 'mcp-name': '' }],
  ['another name', { 'mcp-name': 'other' }],
  ['another revision', { 'mcp-protocol-version': '2027-01-01' }],
])('refuses headers that do not say what the body says: %s', async (_name, headers) => {
  const { url, hub } = await serveStandIn();
  const reply = await modernRequest({
    url,
    ...TOKEN,
    method: 'tools/call',
    params: { name: 'echo' },
    headers,
  });

  expect(reply.status).toBe(400);
  expect(reply.messages[0]).toMatchObject({ id: 1, error: { code: -32020 } });
  expect(hub.requests).toEqual([]);
});

test('takes blanks around header values, and the base64 form', async () => {
  const { url } = await serveStandIn();
  const params = { name: 'grüße' };
  const encoded = `=?base64?${Buffer.from('grüße').toString('base64')}?=`;

  for (const name of [encoded, ` ${encoded} `]) {
    const headers = { 'mcp-name': name };
    expect((await modernRequest({ url, ...TOKEN, method: 'tools/call', params, headers })).status).toBe(200);
  }
});

test('compares arguments that travel as headers once the tools were listed', async () => {
  const { url } = await serveStandIn();
  await modernRequest({ url, ...TOKEN, method: 'tools/list' });
  const send = async (region: string | undefined, header?: string): Promise<number> => {
    const params = { name: 'region', arguments: region === undefined ? {} : { region } };
    const headers: Record<string, string> = header === undefined ? {} : { 'mcp-param-region': header };
    return (await modernRequest({ url, ...TOKEN, method: 'tools/call', params, headers })).status;
  };

  expect(await send('Hello', 'Hello')).toBe(200);
  expect(await send('Hello', '=?base64?SGVsbG8=?=')).toBe(200);
  expect(await send('SGVsbG8=', 'SGVsbG8=')).toBe(200);
  expect(await send('=?base64?SGVsbG8=', '=?base64?SGVsbG8=')).toBe(200);
  expect(await send(undefined)).toBe(200);
  expect(await send('Hello', '=?base64?SGVsbG8?=')).toBe(400);
  expect(await send('Hello', '=?base64?SGVs!!!bG8=?=')).toBe(400);
  expect(await send('Hello')).toBe(400);
  expect(await send(undefined, 'Hello')).toBe(400);
});

test.each([
  ['no _meta', {}],
  ['no revision', { _meta: { [`${KEY}clientCapabilities`]: {} } }],
  ['no capabilities', { _meta: { [`${KEY}protocolVersion`]: '2026-07-28' } }],
])('refuses a request with %s', async (_name, params) => {
  const { url } = await serveStandIn();
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' };
  const reply = await post(
    url,
    { jsonrpc: '2.0', id: 'a', method: 'tools/list', params },
    { ...TOKEN, headers },
  );

  expect(reply.status).toBe(400);
  expect(reply.messages[0]).toMatchObject({ id: 'a', error: { code: -32602 } });
});

test('names the revisions it speaks to whoever wants another', async () => {
  const { url } = await serveStandIn();
  const reply = await modernRequest({ url, ...TOKEN, method: 'tools/list', version: 'v999.0.0' });

  expect(reply.status).toBe(400);
  expect(reply.messages[0].error).toMatchObject({
    code: -32022,
    data: { supported: ['2026-07-28'], requested: 'v999.0.0' },
  });
});

test('an unknown method is not found, for HTTP too', async () => {
  const { url } = await serveStandIn();
  const reply = await modernRequest({ url, ...TOKEN, method: 'no/such' });

  expect(reply.status).toBe(404);
  expect(reply.messages[0].error.code).toBe(-32601);
});

test('takes notifications, and no answers, which nobody asked for', async () => {
  const { url, hub } = await serveStandIn();
  const headers = { 'mcp-protocol-version': '2026-07-28' };
  const notification = { jsonrpc: '2.0', method: 'notifications/x', params: { _meta: META } };

  expect((await post(url, notification, { ...TOKEN, headers })).status).toBe(202);
  expect(hub.notified[0]?.message).toEqual(notification);
  expect((await post(url, { jsonrpc: '2.0', id: 1, result: {} }, { ...TOKEN, headers })).status).toBe(400);
});

test('GET and DELETE without a session are not for this address', async () => {
  const { url } = await serveStandIn();
  const headers = { authorization: 'Bearer ada-token' };

  for (const method of ['GET', 'DELETE', 'PUT', 'OPTIONS']) {
    const response = await fetch(url, { method, headers });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  }
});

test('takes JSON over several lines as one', async () => {
  const { url, hub } = await serveStandIn();
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo' };
  const params = { name: 'echo', arguments: { text: 'a\nb' }, _meta: META };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }, null, 2).replaceAll(
    '\n',
    '\r\n',
  );
  const reply = await post(url, body, { ...TOKEN, headers });

  expect(reply.messages[0].result.content[0].text).toBe('{"text":"a\\nb"}');
  expect(hub.requests[0]?.line.includes('\n')).toBe(false);
});
