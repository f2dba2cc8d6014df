import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { EVERYTHING, MEMORY } from '../../support/servers.ts';
import { modernMeta, until } from './hub-world.ts';
import { realHub } from './real-hub.ts';

const everything = { command: process.execPath, args: [EVERYTHING, 'stdio'] };
const memory = { command: process.execPath, args: [MEMORY] };
const names = ({ tools }: JsonObject): string[] => (tools as JsonObject[]).map(({ name }) => String(name));

test('a legacy and a modern client use the same servers at the same time', async () => {
  const { client, hub } = await realHub({ servers: { everything, memory } });
  const legacy = client();
  const modern = client({ era: 'modern' });
  await legacy.result('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'x', version: '1' },
  });

  await until(async () => names(await legacy.result('tools/list')).includes('memory__read_graph'));
  await until(async () => names(await legacy.result('tools/list')).includes('everything__echo'));
  const listed = names(await legacy.result('tools/list'));
  expect(names(await modern.result('tools/list', { _meta: modernMeta() }))).toEqual(listed);
  const [one, two] = await Promise.all([
    legacy.result('tools/call', { name: 'everything__echo', arguments: { message: 'one' } }),
    modern.result('tools/call', {
      name: 'everything__echo',
      arguments: { message: 'two' },
      _meta: modernMeta(),
    }),
  ]);
  expect([one?.content, two?.content]).toEqual([
    [{ type: 'text', text: 'Echo: one' }],
    [{ type: 'text', text: 'Echo: two' }],
  ]);
  expect(hub.servers().map(({ name, state }) => [name, state])).toEqual([
    ['everything', 'healthy'],
    ['memory', 'healthy'],
  ]);
});

test('lists are known after a restart, so that no server is started for them', async () => {
  const first = await realHub({ servers: { everything, memory } });
  const before = first.client();
  await until(async () => names(await before.result('tools/list')).includes('memory__read_graph'));
  await until(async () => names(await before.result('tools/list')).includes('everything__echo'));
  const listed = await before.result('tools/list');

  const second = await first.again();

  expect(await second.client().result('tools/list')).toEqual(listed);
  expect(second.hub.servers().map(({ state }) => state)).toEqual(['dormant', 'dormant']);
  const called = await second
    .client()
    .result('tools/call', { name: 'everything__echo', arguments: { message: 'x' } });
  expect(called.content).toEqual([{ type: 'text', text: 'Echo: x' }]);
  expect(second.hub.servers().map(({ state }) => state)).toEqual(['healthy', 'dormant']);
});
