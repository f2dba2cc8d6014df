import { json, type Received, scriptedServer } from './http-servers.ts';

const string = { type: 'string' };
const number = { type: 'number' };
const strings = { type: 'array', items: string };
const READS = { readOnlyHint: true };
const WRITES = { readOnlyHint: false, destructiveHint: false };

const takes = (properties: object, required: string[], annotations: object | null = READS, more = {}) => ({
  inputSchema: { type: 'object', properties, required, additionalProperties: false },
  ...(annotations && { annotations }),
  ...more,
});

/** Tools with the names and arguments of well-known servers; some say nothing of themselves, as many do. */
const TOOLS: Record<string, Record<string, ReturnType<typeof takes>>> = {
  'brave-search': {
    brave_web_search: takes({ query: string, count: number, country: string }, ['query']),
  },
  shaped: {
    brave_web_search: takes({ query: string }, ['query'], READS, {
      outputSchema: { type: 'object', properties: { web: { type: 'array' } }, required: ['web'] },
    }),
  },
  tavily: {
    tavily_search: takes({ query: string, max_results: number }, ['query'], null),
    tavily_extract: takes({ urls: strings }, ['urls'], null),
  },
  exa: { web_search_exa: takes({ query: string, numResults: number }, ['query']) },
  fetch: { fetch: takes({ url: string, max_length: number, start_index: number }, ['url'], null) },
  linear: {
    list_issues: takes({ query: string, limit: number, team: string }, []),
    get_issue: takes({ id: string }, ['id']),
    save_issue: takes({ title: string }, ['title'], WRITES),
    search_documentation: takes({ query: string, page: number }, ['query']),
  },
  atlassian: {
    searchJiraIssuesUsingJql: takes({ cloudId: string, jql: string, maxResults: number }, ['cloudId', 'jql']),
    getJiraIssue: takes({ cloudId: string, issueIdOrKey: string }, ['cloudId', 'issueIdOrKey']),
  },
  'atlassian-sooperset': { jira_search: takes({ jql: string, limit: number }, ['jql']) },
  github: { search_repositories: takes({ query: string, page: number, perPage: number }, ['query']) },
  'gitlab-zereight': {
    search_repositories: takes({ search: string, page: number, per_page: number }, ['search']),
  },
};

export interface AlikeServers {
  /** Manifest entries by name; each answers what it was given. */
  readonly entries: Readonly<Record<string, { url: string }>>;
  /** Names of those that answer no call, with 503. */
  readonly down: Set<string>;
}

/** Strict stand-ins for well-known servers, over HTTP. */
export async function alikeServers(): Promise<AlikeServers> {
  const down = new Set<string>();
  const { origin } = await scriptedServer(({ method, path, body }: Received, response) => {
    const role = path.slice(1);
    const tools = TOOLS[role];
    if (method !== 'POST' || !tools) return void response.writeHead(405).end();
    if (body.id === undefined) return void response.writeHead(202).end();
    const answer = (result: object): void => json(response, { jsonrpc: '2.0', id: body.id, result });
    if (body.method === 'initialize') {
      const { protocolVersion } = body.params;
      return answer({
        protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: role, version: '1' },
      });
    }
    if (body.method === 'tools/list') {
      return answer({ tools: Object.entries(tools).map(([name, tool]) => ({ name, ...tool })) });
    }
    if (body.method !== 'tools/call') {
      const error = { code: -32601, message: 'Method not found' };
      return json(response, { jsonrpc: '2.0', id: body.id, error });
    }
    if (down.has(role)) return void response.writeHead(503).end();
    const { name, arguments: given = {} } = body.params;
    const known = Object.keys(tools[name]?.inputSchema.properties ?? {});
    const unknown = Object.keys(given).find((key) => !known.includes(key));
    const text = unknown === undefined ? JSON.stringify({ [name]: given }) : `there is no ${unknown}`;
    answer({ content: [{ type: 'text', text }], ...(unknown !== undefined && { isError: true }) });
  });
  const entries = Object.fromEntries(Object.keys(TOOLS).map((name) => [name, { url: `${origin}/${name}` }]));
  return { entries, down };
}
