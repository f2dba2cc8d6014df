import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { json, scriptedServer } from '../../support/http-servers.ts';
import { callOf, entryOf, type OpenedUpstream, request, textOf, upstreamTo } from '../../support/upstream.ts';

const URI = 'test://one';
const LONG = { timeout: 60_000 };

async function changing(era: string): Promise<OpenedUpstream> {
  return await upstreamTo(await entryOf('changing', 'stdio', [era]));
}

function methodsHeard({ heard }: OpenedUpstream): string[] {
  return heard.notified.map(([method]) => method);
}

async function touch({ upstream }: OpenedUpstream, uri: string): Promise<void> {
  await upstream.request(callOf('touch', { uri }));
}

test.each(['legacy', 'modern'])(
  'hears of changes of a %s server, and of resources subscribed to',
  async (era) => {
    const opened = await changing(era);
    const { upstream, heard } = opened;
    await touch(opened, URI);
    await upstream.request(request('resources/subscribe', { uri: URI }));
    await touch(opened, URI);
    await touch(opened, 'test://other');
    await upstream.request(callOf('rename'));
    await upstream.request(request('resources/unsubscribe', { uri: URI }));
    await touch(opened, URI);
    await expect.poll(() => heard.notified.length, LONG).toBe(2);

    expect(heard.notified).toEqual([
      ['notifications/resources/updated', { uri: URI }],
      ['notifications/tools/list_changed', {}],
    ]);
  },
);

test('listens with one request, whatever it listens to', async () => {
  const { upstream } = await changing('modern');
  for (const uri of [URI, 'test://two', 'test://three']) {
    await upstream.request(request('resources/subscribe', { uri }));
  }

  expect(textOf(await upstream.request(callOf('listening')))).toBe('1');
});

test('listens again after the server ended it, and says that lists may have changed', async () => {
  const opened = await changing('modern');
  const { upstream } = opened;
  await upstream.request(request('resources/subscribe', { uri: URI }));
  await upstream.request(callOf('hang_up'));
  await expect.poll(() => methodsHeard(opened), LONG).toEqual(['notifications/tools/list_changed']);
  await touch(opened, URI);
  await expect.poll(() => methodsHeard(opened), LONG).toContain('notifications/resources/updated');

  expect(textOf(await upstream.request(callOf('listening')))).toBe('1');
});

test('listens again when the stream is cut, and not after the end', async () => {
  const streams: ServerResponse[] = [];
  const { origin } = await scriptedServer(({ body: { id, method, params } }, response) => {
    if (method === 'subscriptions/listen') {
      const _meta = { 'io.modelcontextprotocol/subscriptionId': id };
      const acknowledged = {
        method: 'notifications/subscriptions/acknowledged',
        params: { ...params, _meta },
      };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...acknowledged })}\n\n`);
      streams.push(response);
    } else {
      const capabilities = { tools: { listChanged: true } };
      json(response, { jsonrpc: '2.0', id, result: { supportedVersions: ['2026-07-28'], capabilities } });
    }
  });
  const opened = await upstreamTo({ url: `${origin}/mcp` });
  await expect.poll(() => streams.length, LONG).toBe(1);
  streams[0]?.socket?.destroy();
  await expect.poll(() => streams.length, LONG).toBe(2);
  await expect.poll(() => methodsHeard(opened), LONG).toEqual(['notifications/tools/list_changed']);
  await opened.upstream.close();
  await expect.poll(() => streams[1]?.destroyed, LONG).toBe(true);

  expect(streams).toHaveLength(2);
});

test('does without when the server knows no such request', async () => {
  const { upstream, heard } = await upstreamTo(await entryOf('modern', 'stdio'));

  await upstream.request(request('resources/subscribe', { uri: URI }));

  expect(textOf(await upstream.request(callOf('echo', { message: 'hi' })))).toBe('hi');
  expect(heard.notified).toEqual([]);
});
