import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { modernMeta, tool, until, world } from './hub-world.ts';

const names = ({ tools }: JsonObject): string[] => (tools as JsonObject[]).map(({ name }) => String(name));

test('introduces itself for all servers', async () => {
  const { client } = world({
    one: { tools: [tool('a')], instructions: 'Be kind.' },
    two: { capabilities: { prompts: {} }, instructions: 'Be quick.' },
  });

  const result = await client().result('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'x', version: '1' },
  });

  expect(result).toEqual({
    protocolVersion: '2025-06-18',
    capabilities: { tools: { listChanged: true }, prompts: { listChanged: true } },
    serverInfo: { name: 'mcpctl', title: 'mcpctl gateway', version: '1.2.3' },
    instructions: '# one\n\nBe kind.\n\n# two\n\nBe quick.',
  });
});

test('lists the tools of all servers in their order and calls the one that is meant', async () => {
  const { client, played } = world({
    one: { tools: [tool('b'), tool('a')], answer: async ({ params }) => ({ from: 'one', params }) },
    two: { tools: [tool('a')], answer: async ({ params }) => ({ from: 'two', params }) },
  });
  const someone = client();

  expect(names(await someone.result('tools/list'))).toEqual(['one__b', 'one__a', 'two__a']);
  expect(await someone.result('tools/call', { name: 'two__a', arguments: { x: 1 } })).toEqual({
    from: 'two',
    params: { name: 'a', arguments: { x: 1 } },
  });
  expect(played.get('one')).toHaveLength(1);
});

test('names stay as they are where a client asked for one server', async () => {
  const { client } = world({
    one: { tools: [tool('a.b')], answer: async () => ({}) },
    two: { tools: [tool('c')] },
  });
  const someone = client({ only: 'one' });

  expect(names(await someone.result('tools/list'))).toEqual(['a.b']);
  expect(await someone.result('tools/call', { name: 'a.b' })).toEqual({});
  expect(await someone.request('tools/call', { name: 'c' })).toMatchObject({ error: { code: -32602 } });
});

test('refuses what it does not know, and what belongs to the other era', async () => {
  const { client } = world({});
  const legacy = client();
  const modern = client({ era: 'modern' });

  for (const method of ['nonsense', 'server/discover', 'constructor']) {
    expect(await legacy.request(method)).toMatchObject({ error: { code: -32601 } });
  }
  for (const method of ['initialize', 'ping', 'resources/subscribe']) {
    expect(await modern.request(method, { _meta: modernMeta() })).toMatchObject({ error: { code: -32601 } });
  }
  expect(await legacy.request('tools/call', { name: 'x' })).toMatchObject({ error: { code: -32602 } });
});

test('a server that does not start delays nobody twice, and its tools come later', async () => {
  let start: () => void = () => {};
  const slow = new Promise<void>((resolve) => {
    start = resolve;
  });
  const { client } = world(
    { one: { tools: [tool('a')] }, slow: { tools: [tool('b')], start: () => slow } },
    { waits: { allMs: 20, aloneMs: 20 } },
  );
  const someone = client();

  expect(names(await someone.result('tools/list'))).toEqual(['one__a']);
  start();
  await until(() => someone.notes.some(({ method }) => method === 'notifications/tools/list_changed'));
  expect(names(await someone.result('tools/list'))).toEqual(['one__a', 'slow__b']);
});

test('clients hear of changed lists they have seen, each in its own way', async () => {
  const one = { tools: [tool('a')] };
  const { client, played } = world({ one });
  const legacy = client();
  const unaware = client();
  const modern = client({ era: 'modern' });
  await legacy.result('tools/list');
  await unaware.result('prompts/list');
  const stop = new AbortController();
  const listening = modern.request(
    'subscriptions/listen',
    { _meta: modernMeta(), notifications: { toolsListChanged: true } },
    stop.signal,
  );
  await until(() => modern.notes.length === 1);

  one.tools = [tool('a'), tool('b')];
  played.get('one')?.[0]?.events.notified('notifications/tools/list_changed', {});

  await until(() => legacy.notes.length > 0 && modern.notes.length > 1);
  expect(legacy.notes).toEqual([{ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }]);
  const tag = { 'io.modelcontextprotocol/subscriptionId': 1 };
  expect(modern.notes).toEqual([
    {
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { toolsListChanged: true }, _meta: tag },
    },
    { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta: tag } },
  ]);
  expect(unaware.notes).toEqual([]);
  stop.abort();
  expect(await listening).toMatchObject({ result: { resultType: 'complete' } });
});
