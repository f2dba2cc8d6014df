import { expect, test } from 'vitest';
import { type AlikeServers, alikeServers } from '../support/alike.ts';
import { auditOf } from '../support/chain.ts';
import { type Home, mcpctl, mcpctlJson, start } from '../support/cli.ts';
import { gatewayHome, startGatewayIn, writeSettings } from '../support/gateway.ts';
import { type LegacyClient, legacyClient, type Message } from '../support/gateway-client.ts';
import { lineClient } from '../support/line-client.ts';

/** Nobody waits for servers that are down on purpose. */
const QUICK = { audit: { key: 'file' }, retry: { pausesMs: [] }, breaker: { enabled: false } };

interface World extends Home {
  /** From now on these are down, and no others. */
  down(...names: string[]): void;
}

async function world(servers: AlikeServers, settings: object = {}): Promise<World> {
  // One of a name of its own is known by what the lock says it was added as.
  const { shaped: _, ...entries } = servers.entries;
  const home = await gatewayHome({ servers: entries, settings: { ...QUICK, ...settings } });
  return {
    ...home,
    down(...names) {
      servers.down.clear();
      for (const name of names) servers.down.add(name);
    },
  };
}

/** The first call of a session, and its last. */
async function callOnce(client: ReturnType<typeof lineClient>, name: string): Promise<Message> {
  const clientInfo = { name: 't', version: '1' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  client.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  await client.answer(1);
  client.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  // What its server promises is in its list.
  client.send({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
  await client.answer(2);
  client.send({ jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name, arguments: { query: 'mcp' } } });
  const answer: Message = JSON.parse(await client.answer(3));
  await client.end();
  return answer;
}

/** What the stand-in was called with, or why nobody answered. */
async function answerOf(client: LegacyClient, tool: string, args: object): Promise<unknown> {
  const { result, error } = await client.call(tool, args);
  return error ? error.data.hint : JSON.parse(result.content[0].text);
}

test('well-known servers stand in for each other, with their own arguments, and always say so', async () => {
  const home = await world(await alikeServers());
  const { url, stop } = await startGatewayIn(home, ['--no-token']);
  const client = await legacyClient({ url });
  const search = async (args: object): Promise<unknown> =>
    await answerOf(client, 'brave-search__brave_web_search', args);
  const issues = async (args: object): Promise<unknown> =>
    await answerOf(client, 'linear__list_issues', args);

  expect(await search({ query: 'mcp' })).toEqual({ brave_web_search: { query: 'mcp' } });

  const routed = await mcpctlJson(['route', 'search the web with brave'], home);
  expect(routed.document.data.suggestions[0]).toMatchObject({
    server: 'brave-search',
    standIns: ['tavily/tavily_search', 'exa/web_search_exa'],
  });

  home.down('brave-search');
  const { result } = await client.call('brave-search__brave_web_search', { query: 'mcp', count: 3 });
  expect(JSON.parse(result.content[0].text)).toEqual({ tavily_search: { query: 'mcp', max_results: 3 } });
  expect(result.content[1].text).toBe(
    'Answered by tavily_search of tavily: brave_web_search of brave-search cannot be called at the moment (SERVER_UNREACHABLE).',
  );
  expect(result._meta['mcpctl/fallback']).toEqual({
    for: { server: 'brave-search', tool: 'brave_web_search' },
    by: { server: 'tavily', tool: 'tavily_search' },
    reason: 'SERVER_UNREACHABLE',
  });
  const rows = (await auditOf(home)).slice(-2).sort((a, b) => String(a.tool).localeCompare(String(b.tool)));
  expect(rows).toMatchObject([
    { tool: 'brave_web_search', answeredBy: 'tavily/tavily_search' },
    { tool: 'tavily_search', intent: 'unknown', fallbackFor: 'brave-search/brave_web_search' },
  ]);
  // What has no counterpart sends the call to nobody.
  expect(await search({ query: 'mcp', country: 'de' })).toMatch(
    /own web search of the client.*Nothing stood in: tavily_search of tavily \(nobody declared what country is elsewhere\)/,
  );

  home.down('brave-search', 'tavily');
  expect(await search({ query: 'mcp', count: 3 })).toEqual({
    web_search_exa: { query: 'mcp', numResults: 3 },
  });
  home.down('brave-search', 'tavily', 'exa');
  expect(await search({ query: 'mcp' })).toMatch(
    /own web search.*tavily_search of tavily \(SERVER_UNREACHABLE\), web_search_exa of exa \(SERVER_UNREACHABLE\)\.$/,
  );

  home.down('fetch', 'linear', 'github');
  expect(await answerOf(client, 'fetch__fetch', { url: 'https://example.com', max_length: 9 })).toEqual({
    tavily_extract: { urls: ['https://example.com'] },
  });
  // Jira's own server wants to know which Jira.
  expect(await issues({ query: 'door hinge', limit: 5 })).toEqual({
    jira_search: { jql: 'text ~ "door hinge"', limit: 5 },
  });
  expect(await issues({ query: 'door OR window' })).toMatch(/jira_search .*query is more than words/);
  expect(await answerOf(client, 'linear__search_documentation', { query: 'cycles' })).toEqual({
    brave_web_search: { query: 'Linear documentation cycles' },
  });
  expect(await answerOf(client, 'github__search_repositories', { query: 'mcp', perPage: 2 })).toEqual({
    search_repositories: { search: 'mcp', per_page: 2 },
  });
  // The same key is another issue in another tracker, unless the user says otherwise; a write is nobody else's.
  const byKey = await client.call('linear__get_issue', { id: 'ENG-1' });
  expect(byKey.error.data.code).toBe('SERVER_UNREACHABLE');
  const write = await client.call('linear__save_issue', { title: 'x' });
  expect(write.error).toMatchObject({ data: { code: 'SERVER_UNREACHABLE' } });

  await writeSettings(home, {
    ...QUICK,
    policy: { deny: ['tavily'] },
    standIns: {
      capabilities: ['web-search', 'issue-search', 'issue'],
      given: {
        'atlassian/searchJiraIssuesUsingJql': { cloudId: 'acme.atlassian.net' },
        'atlassian/getJiraIssue': { cloudId: 'acme.atlassian.net' },
      },
    },
  });
  home.down('brave-search', 'linear');
  await expect
    .poll(() => answerOf(client, 'linear__get_issue', { id: 'ENG-1' }), { timeout: 60_000 })
    .toEqual({ getJiraIssue: { issueIdOrKey: 'ENG-1', cloudId: 'acme.atlassian.net' } });
  expect(await issues({ query: 'door' })).toEqual({
    searchJiraIssuesUsingJql: { jql: 'text ~ "door"', cloudId: 'acme.atlassian.net' },
  });
  expect(await search({ query: 'mcp' })).toEqual({ web_search_exa: { query: 'mcp' } });
  expect(await stop()).toBe(0);
});

test('a tool that promises the shape of its answer has no stand-in that answers otherwise', async () => {
  const servers = await alikeServers();
  const { shaped, exa } = servers.entries;
  const entries = { 'brave-search': shaped, exa };
  const home = await gatewayHome({ servers: entries as Record<string, object>, settings: QUICK });
  servers.down.add('shaped');
  const client = lineClient(start(['gateway'], home));
  const { error } = await callOnce(client, 'brave-search__brave_web_search');
  expect(error.data.hint).toContain('web_search_exa of exa (its answer has another shape)');
});

test('info names who answers when a server is down', async () => {
  const { stdout } = await mcpctl(['info', 'linear'], await gatewayHome({ servers: {} }));

  expect(stdout).toMatch(/^if down +.*list_issues: atlassian, atlassian-sooperset, github/ms);
  expect(stdout).toMatch(/get_issue: atlassian, .*off unless standIns\.capabilities names it/);
});

test('run asks others too, and nobody where stand-ins are switched off', async () => {
  const answered = async (settings: object): Promise<Message> => {
    const home = await world(await alikeServers(), settings);
    home.down('brave-search');
    const client = lineClient(start(['run', 'brave-search'], home));
    return await callOnce(client, 'brave_web_search');
  };

  const { result } = await answered({});
  expect(JSON.parse(result.content[0].text)).toEqual({ tavily_search: { query: 'mcp' } });
  const { error } = await answered({ standIns: { capabilities: [] } });
  expect(error.data.code).toBe('SERVER_UNREACHABLE');
});
