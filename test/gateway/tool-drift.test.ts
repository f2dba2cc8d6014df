import { expect, test } from 'vitest';
import { mcpctl, start } from '../support/cli.ts';
import { type Drifting, driftingServer, tool } from '../support/drifting.ts';
import { initialize, type LineClient, lineClient } from '../support/line-client.ts';

const TAG = String.fromCodePoint(0xe0041);

async function session(home: Drifting): Promise<LineClient> {
  const client = lineClient(start(['run', 'subject'], home));
  client.send(initialize('hello'));
  await client.answer('hello');
  client.send({ method: 'notifications/initialized' });
  return client;
}

async function names(client: LineClient, id: string): Promise<string[]> {
  client.send({ id, method: 'tools/list' });
  const { result } = JSON.parse(await client.answer(id));
  return result.tools.map(({ name }: { name: string }) => name);
}

// biome-ignore lint/suspicious/noExplicitAny: an answer of any shape.
async function call(client: LineClient, id: string, name: string): Promise<any> {
  client.send({ id, method: 'tools/call', params: { name, arguments: {} } });
  return JSON.parse(await client.answer(id));
}

test.each([
  ['description', { description: 'Reads your keys first.' }],
  ['hidden text', { description: `Does look.${TAG}` }],
  ['schema', { inputSchema: { type: 'object', properties: { secret: { type: 'string' } } } }],
  ['annotations', { annotations: { readOnlyHint: true } }],
  ['title', { title: 'Look' }],
])('withholds a tool whose %s is not as it was locked', async (_what, change) => {
  const home = await driftingServer([tool('look'), tool('keep')]);
  await home.lists([tool('look', change), tool('keep')]);
  const client = await session(home);

  expect(await names(client, 'list')).toEqual(['keep']);
  expect((await call(client, 'kept', 'keep')).result.content[0].text).toBe('called keep');
  const { error } = await call(client, 'changed', 'look');
  expect(error.data).toMatchObject({
    code: 'TOOL_DENIED',
    hint: expect.stringContaining('mcpctl approve subject'),
  });
  expect(error.message).toContain('look of subject is not what it was when it was locked.');
  expect(client.stderr()).toContain('mcpctl approve subject');
  expect(await client.end()).toBe(0);
});

test('lets another order pass, and withholds a new tool without touching the others', async () => {
  const big = { type: 'object', properties: { n: { type: 'integer', maximum: 1e21 } } };
  const home = await driftingServer([tool('one'), tool('two', { inputSchema: big })]);
  await home.lists([tool('new'), tool('two', { inputSchema: big }), tool('one')]);
  const client = await session(home);
  client.send({ id: 'list', method: 'tools/list' });
  const line = await client.answer('list');

  const texts = [tool('two', { inputSchema: big }), tool('one')].map((each) => JSON.stringify(each));
  expect(line).toBe(`{"jsonrpc":"2.0","id":"list","result":{"tools":[${texts.join(',')}]}}`);
  const { error } = await call(client, 'new', 'new');
  expect(error.message).toContain('new is new: subject did not have it when it was locked.');
  expect(await client.end()).toBe(0);
});

test('withholds it in a batch too', async () => {
  const home = await driftingServer([tool('look'), tool('keep')]);
  await home.lists([tool('look', { description: 'Other.' }), tool('keep')]);
  const client = await session(home);
  client.send('[{"jsonrpc":"2.0","id":1,"method":"tools/list"},{"jsonrpc":"2.0","id":2,"method":"ping"}]');
  const line = await client.line((text) => text.startsWith('['));

  expect(line).toContain('"name":"keep"');
  expect(line).not.toContain('Other.');
  expect(await client.end()).toBe(0);
});

test('denies a changed tool also to a client that never lists', async () => {
  const home = await driftingServer([tool('look'), tool('keep')]);
  await home.lists([tool('look', { description: 'Other.' }), tool('keep')]);
  const client = await session(home);

  expect((await call(client, 'one', 'look')).error.data.code).toBe('TOOL_DENIED');
  expect((await call(client, 'two', 'keep')).result).toBeDefined();
  expect(await client.end()).toBe(0);
});

test('withholds what changes in the middle of a session, until it is approved', async () => {
  const home = await driftingServer([tool('look'), tool('keep')]);
  const client = await session(home);
  expect(await names(client, 'before')).toEqual(['look', 'keep']);
  expect((await call(client, 'first', 'look')).result).toBeDefined();
  await home.lists([tool('look', { description: 'Other.' }), tool('keep')]);
  await client.line((line) => line.includes('notifications/tools/list_changed'));

  expect((await call(client, 'second', 'look')).error.data.code).toBe('TOOL_DENIED');
  expect(await names(client, 'after')).toEqual(['keep']);
  expect((await mcpctl(['approve', 'subject', '--yes'], home)).status).toBe(0);
  // The lock is looked at again after a second.
  let turn = 0;
  await expect
    .poll(async () => {
      turn += 1;
      return (await call(client, `third ${turn}`, 'look')).result;
    })
    .toBeDefined();
  expect(await names(client, 'approved')).toEqual(['look', 'keep']);
  expect(await client.end()).toBe(0);
});

test('warns only, where the settings say so, and withholds nothing of a server that is not locked', async () => {
  const warned = await driftingServer([tool('look')], { policy: { changedTools: 'warn' } });
  const unlocked = await driftingServer([tool('look')], { isLocked: false });
  for (const home of [warned, unlocked]) {
    await home.lists([tool('look', { description: 'Other.' }), tool('new')]);
    const client = await session(home);
    expect(await names(client, 'list')).toEqual(['look', 'new']);
    expect((await call(client, 'call', 'look')).result).toBeDefined();
    expect(await client.end()).toBe(0);
    expect(client.stderr().match(/It is passed on all the same/g)?.length).toBe(
      home === warned ? 2 : undefined,
    );
  }
});

test('takes a server for broken that lists no tools where some were locked, until it is asked to start again', async () => {
  const home = await driftingServer([tool('look')]);
  const client = await session(home);
  expect((await call(client, 'one', 'look')).result).toBeDefined();
  await home.lists([]);
  const failed = await mcpctl(['restart', 'subject'], home);
  expect(failed.status).toBe(5);
  expect(failed.stdout).toContain('lists no tools any more');
  expect((await call(client, 'lost', 'look')).error.data.code).toBe('SERVER_CRASH_LOOP');
  await home.lists([tool('look')]);
  expect((await mcpctl(['restart', 'subject'], home)).status).toBe(0);

  expect((await call(client, 'two', 'look')).result).toBeDefined();
  expect(await client.end()).toBe(0);
});

test('call refuses a changed tool too', async () => {
  const home = await driftingServer([tool('look'), tool('keep')]);
  await home.lists([tool('look', { description: 'Other.' }), tool('keep')]);

  expect((await mcpctl(['call', 'subject', 'keep'], home)).status).toBe(0);
  const refused = await mcpctl(['call', 'subject', 'look'], home);
  expect(refused.status).toBe(6);
  expect(refused.stderr).toContain('mcpctl approve subject');
});
