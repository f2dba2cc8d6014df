import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { InnerServer } from '../../../src/gateway/hub/inner-server.ts';
import { createKnownOffers } from '../../../src/gateway/hub/search/known-offers.ts';
import type { ServedServer } from '../../../src/gateway/hub/served-server.ts';
import { hashTools, type Tool } from '../../../src/mcp/tools.ts';
import { type PlayedServer, type TestClient, tool, until, world } from './hub-world.ts';

const issue = {
  name: 'create_issue',
  description: 'Create a new issue in a repository',
  inputSchema: {
    type: 'object',
    properties: { title: { type: 'string', description: 'Title of the issue' }, labels: { type: 'array' } },
    required: ['title'],
  },
  annotations: { readOnlyHint: false },
};
const search = {
  name: 'search_code',
  description: 'Search source code for words',
  inputSchema: { type: 'object', properties: { query: { type: 'string' } } },
  annotations: { readOnlyHint: true },
};
const channel = {
  name: 'post_message',
  description: 'Post a message to a channel',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
};

const servers = (): Record<string, PlayedServer> => ({
  github: {
    tools: [issue, search],
    answer: async ({ params }) => ({ called: params }),
    instructions: 'Long.',
  },
  slack: { tools: [channel], answer: async ({ params }) => ({ called: params }) },
});

const searching = { gateway: { mode: 'search' } } as const;
const names = ({ tools }: JsonObject): string[] => (tools as JsonObject[]).map(({ name }) => String(name));

async function text(client: TestClient, name: string, args: JsonObject): Promise<string> {
  const { content } = await client.result('tools/call', { name, arguments: args });
  return String((content as JsonObject[])[0]?.text);
}

async function find(client: TestClient, task: string, more: JsonObject = {}): Promise<JsonObject> {
  return JSON.parse(await text(client, 'find_tools', { task, ...more }));
}

test('clients of search mode are shown two tools, and told which servers are behind them', async () => {
  const { client } = world(servers(), searching);
  const someone = client();

  const { instructions, capabilities } = await someone.result('initialize', {
    protocolVersion: '2025-11-25',
  });
  const listed = await someone.result('tools/list');

  expect(names(listed)).toEqual(['find_tools', 'call_tool']);
  expect(String((listed.tools as JsonObject[])[0]?.description)).toContain('github, slack');
  expect(instructions).toContain('find_tools');
  expect(instructions).not.toContain('Long.');
  expect(capabilities).toHaveProperty('tools');
});

test('a task leads to the tool with all that calling it takes', async () => {
  const { client } = world(servers(), searching);
  const someone = client();

  const { match, tools } = await find(someone, 'open an issue about the broken build');
  const [first] = tools as JsonObject[];

  expect(match).toBe(true);
  expect(first).toMatchObject({
    name: 'github__create_issue',
    server: 'github',
    intent: 'write',
    description: issue.description,
    inputSchema: issue.inputSchema,
  });
  expect(first?.why).toContain('issue');
  expect(
    await someone.result('tools/call', {
      name: 'call_tool',
      arguments: { name: first?.name as string, arguments: { title: 'x' } },
    }),
  ).toEqual({
    called: { name: 'create_issue', arguments: { title: 'x' } },
  });
});

test.each(['github__search_code', 'github/search_code', 'search_code'])(
  'call_tool knows a tool as %s',
  async (name) => {
    const { client } = world(servers(), searching);
    const someone = client();
    await find(someone, 'search code');

    expect(
      await someone.result('tools/call', {
        name: 'call_tool',
        arguments: { name, arguments: { query: 'x' } },
      }),
    ).toEqual({
      called: { name: 'search_code', arguments: { query: 'x' } },
    });
  },
);

test('a number too large for a double reaches the server as it was written', async () => {
  const { client, hub, played } = world(servers(), searching);
  const { client: who } = client();
  const line = Buffer.from(
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"call_tool","arguments":{"name":"slack/post_message","arguments":{"text":"x","id":12345678901234567890}}}}\n',
  );
  await hub.request({
    client: who,
    line,
    message: JSON.parse(line.toString()),
    id: '1',
    method: 'tools/call',
    signal: new AbortController().signal,
    notify: () => {},
  });

  const sent = played
    .get('slack')
    ?.flatMap(({ requests }) => requests)
    .find(({ method }) => method === 'tools/call');
  expect(sent?.line?.toString()).toContain('12345678901234567890');
  expect(sent?.line?.toString()).toContain('"name":"post_message"');
});

test('arguments that do not fit are refused with what is wrong, and nothing reaches the server', async () => {
  const { client, played } = world(servers(), searching);
  const someone = client();
  await find(someone, 'create issue');

  const answer = await someone.result('tools/call', {
    name: 'call_tool',
    arguments: { name: 'github__create_issue', arguments: { labels: 'bug' } },
  });

  expect(answer.isError).toBe(true);
  expect(JSON.stringify(answer.content)).toContain('title is missing');
  expect(JSON.stringify(answer.content)).toContain('labels must be array');
  const requests = played.get('github')?.flatMap((one) => one.requests) ?? [];
  expect(requests.filter(({ method }) => method === 'tools/call')).toEqual([]);
});

test('a schema that takes for ever is not waited for', async () => {
  const evil = {
    name: 'evil',
    inputSchema: { type: 'object', properties: { x: { type: 'string', pattern: '^(a+)+$' } } },
  };
  const { client } = world({ one: { tools: [evil], answer: async () => ({ reached: true }) } }, searching);

  const args = { name: 'one__evil', arguments: { x: `${'a'.repeat(50)}!` } };
  expect(await client().result('tools/call', { name: 'call_tool', arguments: args })).toEqual({
    reached: true,
  });
});

test('what call_tool cannot make sense of is answered in words a model can act on', async () => {
  const { client } = world(servers(), searching);
  const someone = client();
  await find(someone, 'create issue');

  expect(await text(someone, 'call_tool', { name: 'github__create_isue' })).toContain(
    'Did you mean: github__create_issue?',
  );
  expect(await text(someone, 'call_tool', {})).toContain('the name is missing');
  expect(await text(someone, 'call_tool', { name: 'slack__post_message', arguments: [1] })).toContain(
    'must be an object',
  );
  expect(await text(someone, 'call_tool', { name: 'call_tool' })).toContain('There is no tool');
  expect(await text(someone, 'find_tools', {})).toContain('the task is missing');
  expect(await text(someone, 'find_tools', { task: 'x', server: 'nowhere' })).toContain(
    'There are: github, slack',
  );
});

test('arguments in a string are taken as the object in it', async () => {
  const { client } = world(servers(), searching);

  const args = { name: 'slack/post_message', arguments: '{"text":"hello"}' };
  expect(await client().result('tools/call', { name: 'call_tool', arguments: args })).toEqual({
    called: { name: 'post_message', arguments: { text: 'hello' } },
  });
});

test('what no tool does is said to be no match, with the way on', async () => {
  const { client } = world({ ...servers(), web: { tools: [tool('web_search')] } }, searching);

  const answer = await find(client(), 'bake a sourdough bread with rye flour');

  expect(answer).toMatchObject({ match: false, tools: [] });
  expect(answer.next).toContain('search the web with web__web_search');
  expect(answer.next).toContain('mcpctl search');
});

test('what policy hides is not found', async () => {
  const { client } = world(servers(), { ...searching, shows: (_, { name }) => name !== 'create_issue' });
  const someone = client();

  expect(JSON.stringify(await find(someone, 'create issue'))).not.toContain('create_issue');
  expect(names(await client({ only: 'github' }).result('tools/list'))).toEqual(['search_code']);
});

test('a server filter and a limit count', async () => {
  const { client } = world(servers(), searching);
  const someone = client();

  const found = await find(someone, 'post a message about code', { server: 'github', limit: 1 });
  expect(found.match === false || names(found).every((name) => name.startsWith('github__'))).toBe(true);
  expect(names(await find(someone, 'post a message', { server: 'slack', limit: 1 }))).toEqual([
    'slack__post_message',
  ]);
});

test('a changed list is found by, and is no news for the two tools', async () => {
  const all = servers();
  const profiles = { whole: { mode: 'full' as const } };
  const { client, played } = world(all, { gateway: { mode: 'search', profiles } });
  const [someone, beside] = [client(), client({ profile: 'whole' })];
  for (const each of [someone, beside]) await each.result('tools/list');
  await find(someone, 'create issue');
  const github = all.github as PlayedServer;
  github.tools = [
    ...(github.tools ?? []),
    { ...issue, name: 'delete_branch', description: 'Delete a branch' },
  ];
  for (const { events } of played.get('github') ?? [])
    events.notified('notifications/tools/list_changed', {});

  await until(async () => names(await find(someone, 'delete the branch'))[0] === 'github__delete_branch');
  await until(() => beside.notes.length > 0);
  expect(someone.notes).toEqual([]);
});

test('a server that never starts delays neither list nor search, and its known tools are found', async () => {
  const known: Tool = { ...channel, name: 'send_mail', description: 'Send a mail' };
  const { client } = world(
    { ...servers(), mail: { start: () => new Promise(() => {}) } },
    {
      ...searching,
      // Longer than the test may take: whoever waits fails it.
      waits: { allMs: 1e8, aloneMs: 1e8 },
      knownToolsOf: async (server) =>
        ({ mail: [known], github: [issue, search] as Tool[], slack: [channel] as Tool[] })[server],
    },
  );
  const someone = client();

  await someone.result('initialize', { protocolVersion: '2025-11-25' });
  await someone.result('tools/list');
  expect(names(await find(someone, 'send a mail to ada'))[0]).toBe('mail__send_mail');
  expect(names(await find(someone, 'create an issue'))[0]).toBe('github__create_issue');
});

test('of a locked server only tools that are still the same are known before it is heard', async () => {
  const tools = [channel, { ...search, description: 'Do as I say' }] as Tool[];
  const locked = { ...hashTools([channel, search] as Tool[]), at: '2026-01-01T00:00:00Z' };
  const [here] = world({ slack: {} }).here('slack');

  const known = await createKnownOffers(async () => tools)({
    name: 'slack',
    here: { ...here, locked },
  } as unknown as ServedServer);

  expect(known?.offer.lists.tools).toEqual([channel]);
});

test('a server that did not start is found with what is wrong, behind others', async () => {
  const { client } = world(
    {
      broken: {
        start: async () => {
          throw new Error('no such program');
        },
      },
      working: { tools: [channel] },
    },
    {
      ...searching,
      knownToolsOf: async (server) => (server === 'broken' ? ([channel] as Tool[]) : undefined),
    },
  );
  const someone = client();

  await find(someone, 'post a message');
  await until(async () => {
    const { tools } = await find(someone, 'post a message to a channel');
    return (tools as JsonObject[]).some(
      ({ server, serverProblem }) => server === 'broken' && serverProblem !== undefined,
    );
  });
  const { tools } = await find(someone, 'post a message to a channel');
  expect((tools as JsonObject[]).map(({ server }) => server).slice(0, 2)).toEqual(['working', 'broken']);
});

test('words of servers cannot hide, or grow without end', async () => {
  const sly = {
    name: 'read_notes',
    description: `Read notes\u{E0041}\u{E0042} ${'and more '.repeat(500)}`,
    inputSchema: { type: 'object', properties: { x: { type: 'string', description: 'y'.repeat(100_000) } } },
    annotations: { readOnlyHint: true },
  };
  const { client } = world({ notes: { tools: [sly] } }, searching);

  const answer = await text(client(), 'find_tools', { task: 'read notes' });

  expect(answer).not.toMatch(/[\u{E0000}-\u{E007F}]/u);
  expect(answer).toContain('\\\\u{E0041}');
  expect(answer.length).toBeLessThan(4000);
  expect(JSON.parse(answer).tools[0].intent).toBe('read');
});

test('a schema that would fill the conversation is left out and can be had alone', async () => {
  const properties = Object.fromEntries(
    Array.from({ length: 900 }, (_, index) => [`argument_number_${index}`, { type: 'string' }]),
  );
  const huge = { name: 'fill_form', description: 'Fill a form', inputSchema: { type: 'object', properties } };
  const { client } = world({ forms: { tools: [huge] } }, searching);
  const someone = client();

  const [first] = (await find(someone, 'fill a form')).tools as JsonObject[];
  expect(first?.inputSchema).toContain('limit 1');
  const [alone] = (await find(someone, 'fill_form', { limit: 1 })).tools as JsonObject[];
  expect(alone?.inputSchema).toEqual(huge.inputSchema);
});

test('progress and cancellation pass through call_tool', async () => {
  let aborted = false;
  const { client } = world(
    {
      slow: {
        tools: [tool('wait')],
        answer: async ({ progress, signal }) => {
          progress?.({ progress: 1 });
          await new Promise((resolve) =>
            signal.addEventListener('abort', () => resolve(undefined), { once: true }),
          );
          aborted = true;
          return {};
        },
      },
    },
    searching,
  );
  const someone = client();
  const controller = new AbortController();
  const params = { name: 'call_tool', arguments: { name: 'slow__wait' }, _meta: { progressToken: 'p' } };
  void someone.request('tools/call', params, controller.signal).catch(() => {});

  await until(() => someone.notes.length > 0);
  expect(someone.notes).toMatchObject([
    { method: 'notifications/progress', params: { progressToken: 'p', progress: 1 } },
  ]);
  controller.abort();
  await until(() => aborted);
});

test('a profile hides servers and tools in every mode', async () => {
  const profiles = {
    reading: { allow: ['github/*@read'] },
    all: { mode: 'search' as const, deny: ['github/create_*'] },
    none: { allow: ['nobody'] },
  };
  const { client } = world(servers(), { gateway: { profiles } });
  const reading = client({ profile: 'reading' });
  const all = client({ profile: 'all' });

  expect(names(await reading.result('tools/list'))).toEqual(['github__search_code']);
  expect(
    await reading.request('tools/call', { name: 'github__create_issue', arguments: { title: 'x' } }),
  ).toMatchObject({
    error: { code: -32602 },
  });
  expect(await reading.request('tools/call', { name: 'slack__post_message' })).toMatchObject({
    error: { code: -32602 },
  });
  expect(names(await all.result('tools/list'))).toEqual(['find_tools', 'call_tool']);
  expect(JSON.stringify(await find(all, 'create issue'))).not.toContain('create_issue');
  expect(await text(all, 'call_tool', { name: 'github__create_issue', arguments: { title: 'x' } })).toContain(
    'There is no tool',
  );
  expect(await text(all, 'call_tool', { name: 'github/create_issue' })).toContain('There is no tool');
  expect(names(await client({ profile: 'none' }).result('tools/list'))).toEqual([]);
  expect(names(await client({ profile: 'gone' }).result('tools/list'))).toEqual([]);
  expect(names(await client({ profile: 'reading', only: 'slack' }).result('tools/list'))).toEqual([]);
  expect(names(await client().result('tools/list'))).toHaveLength(3);
});

test('pipelines that are tools reach nothing their profile hides', async () => {
  const reached: string[] = [];
  const inner: InnerServer = {
    name: 'chain',
    digest: 'x',
    uses: new Set(),
    tools: () => [{ name: 'release', inputSchema: { type: 'object' } }],
    async call({ toolsOf, through, call }) {
      reached.push(...(await toolsOf('github')).map(({ name }) => name));
      const step = { server: 'github', tool: 'create_issue', args: { title: 'x' }, parent: 'run' };
      return await through({ ...step, signal: call.signal });
    },
  };
  const profiles = { careful: { deny: ['github/create_*'] } };
  const { client, hub, here, plan } = world(servers(), { gateway: { profiles } });
  hub.become({ ...plan, servers: [...here('github', 'slack'), { name: 'chain', digest: 'x', inner }] });

  const refused = await client({ profile: 'careful' }).request('tools/call', { name: 'chain__release' });
  expect(refused).toMatchObject({ error: { data: { code: 'TOOL_DENIED' } } });
  expect(reached).toEqual(['search_code']);
  expect(await client().result('tools/call', { name: 'chain__release' })).toMatchObject({
    called: { name: 'create_issue' },
  });
});

test('nobody stands in for a tool whose own are hidden by the profile', async () => {
  const profiles = { one: { allow: ['github'] }, both: { allow: ['github', 'slack'] } };
  const { client, hub, plan } = world(servers(), { gateway: { profiles } });
  const stack: typeof plan.calls.stack = (_, innermost) => async (call) =>
    await innermost({
      ...call,
      server: 'slack',
      tool: 'post_message',
      notes: { attempt: 1, fallbackFor: { server: 'github', tool: 'search_code' } },
    });
  await client({ profile: 'both' }).result('tools/list');
  hub.become({ ...plan, calls: { ...plan.calls, stack } });

  const asked = { name: 'github__search_code' };
  expect(await client({ profile: 'both' }).result('tools/call', asked)).toMatchObject({
    called: { name: 'post_message' },
  });
  expect(await client({ profile: 'one' }).request('tools/call', asked)).toMatchObject({
    error: { data: { code: 'TOOL_DENIED' } },
  });
});

test('servers of which a profile has nothing are not started for it', async () => {
  const { client, played } = world(servers(), { gateway: { profiles: { one: { allow: ['slack'] } } } });

  await client({ profile: 'one' }).result('tools/list');

  expect([...played.keys()]).toEqual(['slack']);
});
