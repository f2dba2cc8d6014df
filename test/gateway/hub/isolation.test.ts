import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { fixtureEntry } from '../../support/servers.ts';
import { modernMeta, type TestClient, until } from './hub-world.ts';
import { realHub } from './real-hub.ts';

const various = fixtureEntry('various');

async function call(
  client: TestClient,
  name: string,
  args: JsonObject = {},
  meta?: JsonObject,
): Promise<string> {
  const result = await client.result('tools/call', { name, arguments: args, ...(meta && { _meta: meta }) });
  const [content] = result.content as { text: string }[];
  return content?.text ?? '';
}

async function greet(client: TestClient, capabilities: JsonObject): Promise<void> {
  await client.result('initialize', {
    protocolVersion: '2025-11-25',
    capabilities,
    clientInfo: { name: 'x', version: '1' },
  });
}

const who = async (client: TestClient, meta?: JsonObject): Promise<{ pid: number; declared: object }> =>
  JSON.parse(await call(client, 'various__who', {}, meta));

test('clients share a program unless they can be asked, or are somebody else', async () => {
  const { client } = await realHub({ servers: { various } });
  const [one, two, asked, other] = [client(), client(), client(), client({ principal: 'other' })];
  await greet(one, {});
  await greet(two, {});
  await greet(asked, { elicitation: {}, experimental: { x: {} } });
  await greet(other, {});
  const modern = client({ era: 'modern' });

  const first = await who(one);

  expect(await who(two)).toEqual(first);
  expect(await who(modern, modernMeta())).toEqual(first);
  const own = await who(asked);
  expect(own.declared).toEqual({ elicitation: {} });
  const pids = [first.pid, own.pid, (await who(other)).pid];
  expect(new Set(pids).size).toBe(3);
});

test('a question reaches the client whose call caused it, however many ask at once', async () => {
  const { client } = await realHub({ servers: { various } });
  const asked = [client(), client(), client()];
  for (const one of asked) await greet(one, { elicitation: {} });

  const answers = await Promise.all(
    asked.flatMap((one, index) => [
      call(one, 'various__ask', { message: `${index}a` }),
      call(one, 'various__ask', { message: `${index}b` }),
    ]),
  );

  const ids = asked.map((one) => one.client.id);
  expect(answers.map((text) => JSON.parse(text).answered)).toEqual(ids.flatMap((id) => [id, id]));
  for (const [index, { questions }] of asked.entries()) {
    expect(questions.map(({ params }) => params.message).sort()).toEqual([`${index}a`, `${index}b`]);
  }
});

test('a client that leaves takes its own program with it, and no other', async () => {
  const { client, hub } = await realHub({ servers: { various } });
  const [stays, leaves] = [client(), client()];
  await greet(stays, {});
  await greet(leaves, { elicitation: {} });
  const [kept, gone] = [await who(stays), await who(leaves)];

  hub.gone(leaves.client);

  await until(() => !isAlive(gone.pid));
  expect(await who(stays)).toEqual(kept);
});

test('only who subscribed hears of a resource, under the address it knows', async () => {
  const entry = fixtureEntry('various', { URI: 'demo://it' });
  const { client } = await realHub({ servers: { one: entry, two: entry } });
  const [legacy, other] = [client(), client()];
  const modern = client({ era: 'modern' });
  await until(async () => ((await legacy.result('resources/list')).resources as unknown[]).length === 2);
  const { resources } = await legacy.result('resources/list');
  expect((resources as JsonObject[]).map(({ uri }) => uri)).toEqual(['demo://it', 'mcpctl://two/demo://it']);
  await other.result('resources/list');
  const stop = new AbortController();

  await legacy.result('resources/subscribe', { uri: 'mcpctl://two/demo://it' });
  const listening = modern.request(
    'subscriptions/listen',
    { _meta: modernMeta(), notifications: { resourceSubscriptions: ['demo://it', 'nobody://has/it'] } },
    stop.signal,
  );
  await until(() => modern.notes.length > 0);
  expect(modern.notes[0]?.params).toMatchObject({ notifications: { resourceSubscriptions: ['demo://it'] } });
  await call(other, 'one__touch');
  await call(other, 'two__touch');

  await until(() => legacy.notes.length > 0 && modern.notes.length > 1);
  expect(legacy.notes.map(({ params }) => params)).toEqual([{ uri: 'mcpctl://two/demo://it' }]);
  expect(modern.notes[1]?.params).toMatchObject({ uri: 'demo://it' });
  expect(other.notes).toEqual([]);
  const read = await legacy.result('resources/read', { uri: 'mcpctl://two/demo://it' });
  expect((read.contents as JsonObject[])[0]?.uri).toBe('mcpctl://two/demo://it');
  stop.abort();
  await listening;
  await until(async () => JSON.parse(await call(other, 'one__who')).watched.length === 0);
});

test('clients hear logs from the level they asked for', async () => {
  const { client } = await realHub({ servers: { various } });
  const quiet = client();
  await greet(quiet, {});
  await quiet.result('logging/setLevel', { level: 'error' });

  await call(quiet, 'various__shout', { level: 'info' });
  await call(quiet, 'various__shout', { level: 'error' });

  await until(() => quiet.notes.length > 0);
  expect(quiet.notes.map(({ params }) => params)).toEqual([{ level: 'error', data: 'error' }]);
  expect(await quiet.request('logging/setLevel', { level: 'loud' })).toMatchObject({
    error: { code: -32602 },
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
