import { expect, test } from 'vitest';
import { z } from 'zod';
import { KNOWN_CAPABILITIES } from '../../../src/calls/equivalents/known.ts';
import { translate } from '../../../src/calls/equivalents/translate.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { fallbackTool } from '../../../src/settings/call-schema.ts';
import type { FallbackTool } from '../../../src/settings/call-settings.ts';

const known = (capability: string, server: string): FallbackTool => {
  const found = KNOWN_CAPABILITIES[capability]?.tools.find((tool) => tool.server === server);
  if (!found) throw new Error(`${server} has no ${capability}`);
  return found;
};
const between = (capability: string, args: JsonObject, from: string, to: string): unknown => {
  const made = translate(args, known(capability, from), known(capability, to));
  return made.kind === 'arguments' ? made.args : made.kind === 'unmapped' ? made.why : made.kind;
};

test('what is known of servers is as the settings have it, and leads to tools of other servers', () => {
  const schema = z.record(
    z.string(),
    z.strictObject({
      title: z.string(),
      about: z.string(),
      reads: z.boolean(),
      lastResort: z.string().optional(),
      tools: z.array(fallbackTool).min(2),
    }),
  );

  expect(schema.safeParse(KNOWN_CAPABILITIES).error).toBeUndefined();
});

test.each<[string, JsonObject, string, string, unknown]>([
  ['web-search', { query: 'a', count: 3 }, 'brave-search', 'tavily', { query: 'a', max_results: 3 }],
  ['web-search', { query: 'a', numResults: 3 }, 'exa', 'kagisearch', { queries: ['a'] }],
  ['web-search', { queries: ['a'] }, 'kagisearch', 'brave-search', { query: 'a' }],
  ['web-search', { queries: ['a', 'b'] }, 'kagisearch', 'exa', 'query is not one'],
  [
    'web-search',
    { query: 'a', country: 'de' },
    'brave-search',
    'exa',
    'nobody declared what country is elsewhere',
  ],
  ['web-page', { url: 'u', max_length: 9 }, 'fetch', 'tavily', { urls: ['u'] }],
  ['web-page', { urls: ['u'] }, 'tavily', 'fetch', { url: 'u' }],
  [
    'web-page',
    { url: 'u', start_index: 9 },
    'fetch',
    'tavily',
    'nobody declared what start_index is elsewhere',
  ],
  ['docs', { query: 'cycles' }, 'linear', 'exa', { query: 'Linear documentation cycles' }],
  ['docs', { query: 'cycles' }, 'exa', 'linear', 'other'],
  [
    'issue-search',
    { query: 'door hinge', limit: 5 },
    'linear',
    'atlassian-sooperset',
    { jql: 'text ~ "door hinge"', limit: 5 },
  ],
  [
    'issue-search',
    { query: 'a" OR project = X' },
    'linear',
    'atlassian-sooperset',
    'query is more than words',
  ],
  ['issue-search', { query: 'door NOT window' }, 'linear', 'github', 'query is more than words'],
  [
    'issue-search',
    { query: 'door', team: 'T' },
    'linear',
    'github',
    'nobody declared what team is elsewhere',
  ],
  [
    'issue-search',
    { jql: 'text ~ "door"' },
    'atlassian-sooperset',
    'linear',
    'query is written in a way of its own',
  ],
  ['issue-search', { query: 'is:open door' }, 'github', 'linear', 'query is more than words'],
  ['issue', { id: 'ENG-1' }, 'linear', 'atlassian', { issueIdOrKey: 'ENG-1' }],
  [
    'repository',
    { owner: 'a', repo: 'b', path: 'c' },
    'github',
    'reference-gitlab',
    { project_id: 'a/b', file_path: 'c' },
  ],
  [
    'repository',
    { project_id: 'a/b', file_path: 'c' },
    'reference-gitlab',
    'github',
    { owner: 'a', repo: 'b', path: 'c' },
  ],
  [
    'repository',
    { project_id: 'g/a/b', file_path: 'c' },
    'reference-gitlab',
    'github',
    'project g/a/b has other parts there',
  ],
  ['repository', { owner: 'a', path: 'c' }, 'github', 'reference-gitlab', 'project is not whole'],
])('%s: %j of %s is for %s %j', (capability, args, from, to, expected) => {
  expect(between(capability, args, from, to)).toEqual(expected);
});

test('values have names of their own, and a call without the constants of a tool is another', () => {
  const one: FallbackTool = {
    server: 'a',
    tool: 'read',
    constants: { method: 'list' },
    arguments: { state: { argument: 'state', values: { open: 'OPEN', done: 'CLOSED' } } },
  };
  const other: FallbackTool = {
    server: 'b',
    tool: 'list',
    constants: { view: 'all' },
    arguments: { state: { argument: 'status', values: { open: 'opened' } } },
  };

  expect(translate({ method: 'list', state: 'OPEN' }, one, other)).toEqual({
    kind: 'arguments',
    args: { status: 'opened', view: 'all' },
  });
  expect(translate({ method: 'get', state: 'OPEN' }, one, other)).toEqual({ kind: 'other' });
  expect(translate({ method: 'list', state: 'ALL' }, one, other)).toEqual({
    kind: 'unmapped',
    why: 'state "ALL" is not known elsewhere',
  });
  expect(translate({ method: 'list', state: 'CLOSED' }, one, other)).toEqual({
    kind: 'unmapped',
    why: 'it has no state "done"',
  });
});
