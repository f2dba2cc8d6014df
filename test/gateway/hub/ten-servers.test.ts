import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { estimateTokens } from '../../../src/core/token-estimate.ts';
import { type Home, mcpctlJson, start, temporaryFolder } from '../../support/cli.ts';
import { gatewayHome } from '../../support/gateway.ts';
import type { Message } from '../../support/gateway-client.ts';
import { scriptedServer } from '../../support/http-servers.ts';
import { initialize, type LineClient, lineClient } from '../../support/line-client.ts';
import { type Postgres, startPostgres } from '../../support/postgres.ts';
import { type RedisServer, startRedis } from '../../support/redis.ts';
import { tenServers } from '../../support/ten-servers.ts';

/** What somebody wants done, the tool that does it, and how to call it where no account is needed. */
interface Task {
  readonly task: string;
  readonly tool: string;
  readonly args?: object;
  /** Part of the answer. */
  readonly says?: string;
}

const tasks = (folder: string): Task[] => [
  {
    task: 'read the file notes.txt',
    tool: 'filesystem__read_text_file',
    args: { path: join(folder, 'notes.txt') },
    says: 'buy milk',
  },
  {
    task: 'which files are in my folder?',
    tool: 'filesystem__list_directory',
    args: { path: folder },
    says: 'notes.txt',
  },
  {
    task: 'write a text file with the summary',
    tool: 'filesystem__write_file',
    args: { path: join(folder, 'summary.txt'), content: 'short' },
    says: 'summary.txt',
  },
  {
    task: 'rename a file on disk',
    tool: 'filesystem__move_file',
    args: { source: join(folder, 'old.txt'), destination: join(folder, 'new.txt') },
    says: 'new.txt',
  },
  {
    task: 'remember that Ada works at Acme: create an entity',
    tool: 'memory__create_entities',
    args: { entities: [{ name: 'Ada', entityType: 'person', observations: ['works at Acme'] }] },
    says: 'Ada',
  },
  { task: 'show the whole knowledge graph', tool: 'memory__read_graph', args: {}, says: 'Ada' },
  {
    task: 'search the knowledge graph for Acme',
    tool: 'memory__search_nodes',
    args: { query: 'Acme' },
    says: 'Ada',
  },
  { task: 'echo a message back', tool: 'everything__echo', args: { message: 'hello' }, says: 'hello' },
  { task: 'add two numbers', tool: 'everything__get-sum', args: { a: 2, b: 3 }, says: '5' },
  {
    task: 'think step by step about a hard problem',
    tool: 'thinking__sequentialthinking',
    args: { thought: 'first', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 },
    says: 'thoughtNumber',
  },
  {
    task: 'run a SQL query against the database',
    tool: 'postgres__query',
    args: { sql: 'select name from planets order by name' },
    says: 'Venus',
  },
  {
    task: 'store a value under a key in redis',
    tool: 'redis__set',
    args: { key: 'colour', value: 'green' },
    says: 'colour',
  },
  { task: 'get the value of a redis key', tool: 'redis__get', args: { key: 'colour' }, says: 'green' },
  {
    task: 'search for projects on GitLab',
    tool: 'gitlab__search_repositories',
    args: { search: 'mcp' },
    says: 'acme/mcp',
  },
  { task: 'open a merge request on gitlab', tool: 'gitlab__create_merge_request' },
  { task: 'open a github issue about the broken build', tool: 'github__create_issue' },
  { task: 'list the pull requests of a GitHub repository', tool: 'github__list_pull_requests' },
  { task: 'merge the pull request on github', tool: 'github__merge_pull_request' },
  { task: 'search code on github', tool: 'github__search_code' },
  { task: 'post a message to a slack channel', tool: 'slack__slack_post_message' },
  { task: 'which channels are there on Slack?', tool: 'slack__slack_list_channels' },
  { task: 'reply in a Slack thread', tool: 'slack__slack_reply_to_thread' },
  { task: 'driving directions from Berlin to Hamburg', tool: 'maps__maps_directions' },
  { task: 'what are the coordinates of this address?', tool: 'maps__maps_geocode' },
];

let redis: RedisServer;
let postgres: Postgres;

beforeAll(async () => {
  [redis, postgres] = await Promise.all([startRedis(), startPostgres('invented')]);
}, 120_000);
afterAll(async () => {
  await Promise.all([redis.stop(), postgres.stop()]);
});

test('ten servers in search mode cost under 5 % of their tokens, and every task takes two calls at most', async ({
  annotate,
}) => {
  const { home, folder } = await homeOfTen();

  const { document } = await mcpctlJson(['gateway', 'cost'], home);
  const { modes, servers } = document.data as Message;
  expect(servers.filter(({ tools, error }: Message) => error !== undefined || tools === 0)).toEqual([]);
  const search = modes.find(({ mode }: Message) => mode === 'search');
  await annotate(
    `full ${modes[0].tokens} tokens, search ${search.tokens} (${(search.share * 100).toFixed(2)} %)`,
  );

  const client = await opened(home, ['--mode', 'search']);
  const { tools } = await client.ask('tools/list');
  expect(tools).toHaveLength(2);
  const full = await opened(home, ['--mode', 'full']);
  await expect
    .poll(async () => serversIn(await full.ask('tools/list')).size, { timeout: 120_000, interval: 500 })
    .toBe(10);
  const listed = (await full.ask('tools/list')).tools as Message[];
  expect(tokensOf(tools)).toBeLessThan(tokensOf(listed) * 0.05);
  // What is reported is what clients get.
  expect([search.tokens, modes[0].tokens]).toEqual([tokensOf(tools), tokensOf(listed)]);
  expect([search.behind, modes[0].tools]).toEqual([listed.length, listed.length]);
  expect(await full.end()).toBe(0);
  for (const [server, counted] of Object.entries(COUNTED)) {
    const estimate = estimateTokens(JSON.stringify(ownTools(listed, server)));
    expect(Math.abs(estimate / counted - 1), `${server}: ${estimate} for ${counted}`).toBeLessThan(0.06);
  }

  const firsts = await solveAll(tasks(folder), client, annotate);
  await annotate(`${firsts} of ${tasks(folder).length} right tools stood first`);
  expect(
    JSON.parse((await client.call('find_tools', { task: 'bake a sourdough bread' })).content[0].text).match,
  ).toBe(false);
  expect(await client.end()).toBe(0);
});

/** Tokens of their `tools` as JSON, counted by o200k_base. */
const COUNTED = {
  everything: 1708,
  filesystem: 2823,
  github: 3548,
  gitlab: 1196,
  maps: 549,
  memory: 2378,
  slack: 681,
  thinking: 981,
};

/** A server's part of the list, as the server has it. */
function ownTools(listed: readonly Message[], server: string): Message[] {
  const prefix = `${server}__`;
  return listed
    .filter(({ name }) => name.startsWith(prefix))
    .map((tool) => ({ ...tool, name: tool.name.slice(prefix.length) }));
}

async function homeOfTen(): Promise<{ home: Home; folder: string }> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'notes.txt'), 'buy milk');
  await writeFile(join(folder, 'old.txt'), 'old');
  const { origin } = await scriptedServer(({ path }, response) => {
    const isSearch = path.startsWith('/api/v4/projects?search=mcp');
    response.writeHead(isSearch ? 200 : 404, { 'content-type': 'application/json', 'x-total': '1' });
    response.end(JSON.stringify(isSearch ? [PROJECT] : {}));
  });
  const servers = await tenServers({
    folder,
    postgres: postgres.owner,
    redis: redis.url,
    gitlab: `${origin}/api/v4`,
  });
  const home = await gatewayHome({
    servers,
    settings: { limits: { perMinute: 0 }, audit: { enabled: false } },
  });
  return { home, folder };
}

const PROJECT = {
  id: 1,
  name: 'mcp',
  path_with_namespace: 'acme/mcp',
  visibility: 'public',
  owner: {
    username: 'acme',
    id: 2,
    avatar_url: 'http://localhost/a.png',
    web_url: 'http://localhost/acme',
    name: 'Acme',
    state: 'active',
  },
  web_url: 'http://localhost/acme/mcp',
  description: 'Of acme/mcp',
  fork: false,
  ssh_url_to_repo: 'git@localhost:acme/mcp.git',
  http_url_to_repo: 'http://localhost/acme/mcp.git',
  created_at: '2026-01-01T00:00:00Z',
  last_activity_at: '2026-01-01T00:00:00Z',
  default_branch: 'main',
};

/** How many of the right tools stood first. */
async function solveAll(
  all: readonly Task[],
  client: GatewayClient,
  annotate: TestContext['annotate'],
): Promise<number> {
  let firsts = 0;
  for (const { task, tool, args, says } of all) {
    const found = JSON.parse((await client.call('find_tools', { task })).content[0].text);
    // Where nothing fits clearly, what reads and comes near is offered all the same.
    const offered = found.match ? found.tools : found.nearest;
    const names = offered.map(({ name }: Message) => name);
    expect(names, `${task}: ${JSON.stringify(names)}`).toContain(tool);
    if (names[0] === tool) firsts += 1;
    if (names[0] !== tool || !found.match) {
      await annotate(`${task}: ${found.match ? '' : 'no clear match, near '}${names.join(', ')}`);
    }
    const definition = offered.find(({ name }: Message) => name === tool);
    expect(definition.inputSchema.type).toBe('object');
    if (!args) continue;
    const answer = await client.call('call_tool', { name: tool, arguments: args });
    expect(answer.isError ?? false, `${tool}: ${JSON.stringify(answer.content)}`).toBe(false);
    expect(JSON.stringify(answer.content)).toContain(says);
  }
  return firsts;
}

interface GatewayClient {
  ask(method: string, params?: object): Promise<Message>;
  call(name: string, args: object): Promise<Message>;
  end: LineClient['end'];
}

async function opened(home: Home, args: readonly string[]): Promise<GatewayClient> {
  const client = lineClient(start(['gateway', ...args], home));
  client.send(initialize());
  await client.answer(0);
  client.send({ method: 'notifications/initialized' });
  let last = 0;
  const ask: GatewayClient['ask'] = async (method, params = {}) => {
    last += 1;
    client.send({ id: last, method, params });
    const { result, error } = JSON.parse(await client.answer(last));
    if (error) throw new Error(JSON.stringify(error));
    return result;
  };
  return { ask, call: (name, args) => ask('tools/call', { name, arguments: args }), end: client.end };
}

function serversIn({ tools }: Message): Set<string> {
  return new Set(tools.map(({ name }: Message) => name.slice(0, name.indexOf('__'))));
}

function tokensOf(tools: readonly Message[]): number {
  return tools.reduce((sum, tool) => sum + estimateTokens(JSON.stringify(tool)), 0);
}
