import { expect, test } from 'vitest';
import { legacyClient, modernRequest, post } from '../../support/gateway-client.ts';
import { sendRequest } from '../../support/loopback.ts';
import { serveStandIn, until } from './stand-in-hub.ts';

const token = 'ada-token';

test('requests under way finish, new ones and new sessions are turned away, then it is over', async () => {
  const { front, hub, url, origin } = await serveStandIn();
  const client = await legacyClient({ url, token });
  await client.listen();
  const pending = client.call('wait');
  const modern = modernRequest({ url, token, method: 'tools/call', params: { name: 'wait' } });
  await hub.waiting(2);
  const drained = front.drain(60_000);

  await expect.poll(async () => (await sendRequest(`${origin}/readyz`)).status).toBe(503);
  expect((await sendRequest(`${origin}/livez`)).status).toBe(200);
  expect((await client.post({ jsonrpc: '2.0', id: 90, method: 'tools/list' })).status).toBe(503);
  expect((await modernRequest({ url, token, method: 'tools/list' })).status).toBe(503);
  const begin = { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25' } };
  expect((await post(url, begin, { token })).status).toBe(503);
  expect((await client.listen()).status).toBe(503);
  hub.release();

  expect((await pending).result).toBeDefined();
  expect((await modern).messages[0].result).toBeDefined();
  await drained;
  await expect(sendRequest(`${origin}/livez`)).rejects.toThrow();
  expect(hub.left.map(({ era }) => era).sort()).toEqual(['legacy', 'modern']);
});

test('waits no longer than it was told', async () => {
  const { front, hub, url } = await serveStandIn();
  const pending = modernRequest({ url, token, method: 'tools/call', params: { name: 'wait' } });
  pending.catch(() => {});
  await hub.waiting(1);
  await front.drain(50);

  await until(() => hub.requests[0]?.signal.aborted === true);
});

test('what a principal has under way ends with its token', async () => {
  const { front, hub, url } = await serveStandIn();
  const ada = await legacyClient({ url, token });
  const bob = await legacyClient({ url, token: 'bob-token' });
  const pending = ada.call('wait');
  const modern = modernRequest({ url, token, method: 'tools/call', params: { name: 'wait' } });
  await hub.waiting(2);
  front.dismiss('ada');

  expect((await pending).error.data.code).toBe('CANCELLED');
  expect((await modern).messages[0].error.data.code).toBe('CANCELLED');
  expect((await bob.request('tools/list')).result).toBeDefined();
});

test('sixteen clients at once get their own answers', async () => {
  const { url, hub } = await serveStandIn({ limits: { maxConnections: 1000 } });
  const clients = await Promise.all(
    Array.from({ length: 16 }, (_, index) => legacyClient({ url, token: `p${index}-token` })),
  );
  const answers = await Promise.all(
    clients.flatMap((client, index) =>
      Array.from({ length: 25 }, async (_, call) => {
        const { result } = await client.call('echo', { index, call });
        return result.content[0].text === JSON.stringify({ index, call });
      }),
    ),
  );

  expect(answers.every(Boolean)).toBe(true);
  expect(new Set(hub.requests.map(({ client }) => client.id)).size).toBe(16);
});
