import { expect, test } from 'vitest';
import { McpctlError } from '../../../src/core/errors.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { modernMeta, type PlayedServer, tool, until, world } from './hub-world.ts';

const names = ({ tools }: JsonObject): string[] => (tools as JsonObject[]).map(({ name }) => String(name));
const quick = { waits: { allMs: 200, aloneMs: 200 } };

/** A server that fails until it is told to be well. */
function ailing(error: McpctlError): PlayedServer & { starts: number; isWell: boolean } {
  const server = {
    starts: 0,
    isWell: false,
    tools: [tool('a')],
    answer: async () => ({ content: [] }),
    async start() {
      server.starts += 1;
      if (!server.isWell) throw error;
    },
  };
  return server;
}

test('a server that wants a sign-in is not started again and again, and says so', async () => {
  const one = ailing(new McpctlError('SIGN_IN_NEEDED', 'Sign in.', { hint: 'mcpctl auth login one' }));
  let time = 1_000_000;
  const { client, hub } = world({ one }, { ...quick, now: () => time });
  const someone = client();
  await someone.result('tools/list');

  for (let turn = 0; turn < 5; turn += 1) await someone.result('tools/list');
  const refused = await someone.request('tools/call', { name: 'one__a' });

  expect(one.starts).toBe(1);
  expect(hub.servers()).toMatchObject([{ name: 'one', state: 'needs-auth', reason: 'Sign in.' }]);
  expect(refused).toMatchObject({
    error: {
      code: -32000,
      data: { code: 'SIGN_IN_NEEDED', hint: 'mcpctl auth login one', retryAfterMs: 5000 },
    },
  });
  one.isWell = true;
  time += 5000;
  await until(async () => names(await someone.result('tools/list')).includes('one__a'));
  expect(hub.servers()[0]?.state).toBe('healthy');
});

test('a server that cannot be started is tried again after ever longer pauses', async () => {
  const one = ailing(new McpctlError('SERVER_NOT_STARTED', 'No.'));
  let time = 1_000_000;
  const { client, hub } = world({ one }, { ...quick, now: () => time });
  const someone = client();
  const waits: unknown[] = [];

  for (let turn = 0; turn < 4; turn += 1) {
    await someone.request('tools/call', { name: 'one__a' });
    const { error } = await someone.request('tools/call', { name: 'one__a' });
    const wait = ((error as JsonObject).data as JsonObject).retryAfterMs;
    waits.push(wait);
    time += Number(wait);
  }

  expect(waits).toEqual([500, 1000, 2000, 4000]);
  expect(one.starts).toBe(4);
  expect(hub.servers()[0]).toMatchObject({ state: 'degraded', reason: 'No.' });
});

test('many who want a server at once start it once', async () => {
  let starts = 0;
  const { client, played } = world({
    one: {
      tools: [tool('a')],
      answer: async () => ({ content: [] }),
      async start() {
        starts += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
      },
    },
  });
  const clients = Array.from({ length: 10 }, () => client());

  await Promise.all(clients.map((one) => one.result('tools/call', { name: 'one__a' })));

  expect(starts).toBe(1);
  expect(played.get('one')).toHaveLength(1);
});

test('requests of modern clients that can be asked go one by one through lanes that are used again', async () => {
  let atOnce = 0;
  let most = 0;
  const { client, played } = world({
    one: {
      tools: [tool('a')],
      async answer() {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise((resolve) => setTimeout(resolve, 5));
        atOnce -= 1;
        return { content: [] };
      },
    },
  });
  const someone = client({ era: 'modern' });
  const params = { name: 'one__a', _meta: modernMeta({ elicitation: {} }) };

  const results = await Promise.all(Array.from({ length: 50 }, () => someone.result('tools/call', params)));

  expect(results).toHaveLength(50);
  expect(most).toBe(16);
  expect(played.get('one')).toHaveLength(16);
  for (const { open } of played.get('one') ?? []) expect(open.seat.capabilities).toEqual({ elicitation: {} });
});

test('one conversation with a modern server serves all', async () => {
  const { client, played } = world({
    one: { era: 'modern', tools: [tool('a')], answer: async () => ({ resultType: 'complete', content: [] }) },
  });
  const clients = [
    client(),
    client({ principal: 'other' }),
    client({ hello: { capabilities: { elicitation: {} } } }),
    client({ era: 'modern' }),
  ];
  await clients[0]?.result('tools/list');

  for (const one of clients)
    await one.result('tools/call', { name: 'one__a', _meta: modernMeta({ sampling: {} }) });

  expect(played.get('one')).toHaveLength(1);
  const declared = played.get('one')?.[0]?.requests.filter(({ method }) => method === 'tools/call');
  expect(declared?.map(({ capabilities }) => capabilities)).toEqual([
    {},
    {},
    { elicitation: {} },
    { sampling: {} },
  ]);
});

test('a call that is cancelled while its server starts is over at once', async () => {
  const { client } = world({ one: { tools: [tool('a')], start: () => new Promise(() => {}) } }, quick);
  const stop = new AbortController();

  const answer = client().request('tools/call', { name: 'one__a' }, stop.signal);
  setTimeout(() => stop.abort(new McpctlError('CANCELLED', 'Enough.')), 10);

  expect(await answer).toHaveProperty('error');
});

test('those who listen are told when the gateway ends', async () => {
  const { client, hub } = world({ one: { tools: [tool('a')] } });
  const someone = client({ era: 'modern' });
  const listening = someone.request('subscriptions/listen', {
    _meta: modernMeta(),
    notifications: { toolsListChanged: true },
  });
  await until(() => someone.notes.length > 0);

  await hub.close();

  expect(await listening).toMatchObject({ result: { resultType: 'complete' } });
});
