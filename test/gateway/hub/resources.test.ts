import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { type PlayedServer, type TestClient, until, world } from './hub-world.ts';

const uri = 'issue://1';

/** A server whose one resource says how often it was read. */
function issues(ttlMs: number, cacheScope = 'private'): PlayedServer & { reads(): number } {
  let reads = 0;
  return {
    era: 'modern',
    capabilities: { resources: { subscribe: true } },
    lists: { resources: [{ uri, name: 'one' }] },
    reads: () => reads,
    async answer({ method }): Promise<JsonObject> {
      if (method !== 'resources/read') return {};
      reads += 1;
      return { contents: [{ uri, text: `read ${reads}` }], ttlMs, cacheScope };
    },
  };
}

async function read(client: TestClient): Promise<unknown> {
  const { contents } = await client.result('resources/read', { uri });
  return (contents as { text: string }[])[0]?.text;
}

test('reads a resource again only when its server allows no longer', async () => {
  const { client } = world({ linear: issues(60_000) });
  const [ada, other, bob] = [client(), client(), client({ principal: 'bob' })];

  expect([await read(ada), await read(ada), await read(other), await read(bob)]).toEqual([
    'read 1',
    'read 1',
    'read 1',
    'read 2',
  ]);
});

test('reads every time what its server wants to be asked for', async () => {
  const { client } = world({ linear: issues(0) });
  const ada = client();

  expect([await read(ada), await read(ada)]).toEqual(['read 1', 'read 2']);
});

test('reads again what the server says has changed, and after a restart', async () => {
  const { client, played, hub } = world({ linear: issues(60_000, 'public') });
  const [ada, bob] = [client({ principal: 'ada' }), client({ principal: 'bob' })];
  expect([await read(ada), await read(bob)]).toEqual(['read 1', 'read 1']);

  const [conversation] = played.get('linear') ?? [];
  conversation?.events.notified('notifications/resources/updated', { uri });
  await until(async () => (await read(bob)) === 'read 2');
  await hub.restart('linear');

  expect(await read(ada)).toBe('read 3');
});
