import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RoutableServer } from '../../src/routing/catalogue.ts';
import { reasonsOf } from '../../src/routing/reasons.ts';
import { createRouter } from '../../src/routing/route.ts';
import { createRoutingIndex } from '../../src/routing/routing-index.ts';
import { share, shareOfChains, toolScores } from '../bench/routing-scores.mjs';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/routing/${name}.json`, import.meta.url), 'utf8'));
const servers: RoutableServer[] = read('servers');
const { requests, chains, outside } = read('requests');
const index = createRoutingIndex(servers);
const router = createRouter(index);
const best = (task: string) => router.route(task, { limit: 5 }).suggestions[0];

interface Row {
  readonly id: string;
  readonly q: string;
}

const answers = (rows: readonly Row[]) =>
  new Map(
    rows.map(({ id, q }) => {
      const { suggestions, match, steps } = router.route(q, { limit: 10 });
      return [id, { ranked: suggestions, match, steps: steps.map(({ server }) => server) }];
    }),
  );

test('finds server and tool of requests in users’ words', () => {
  const scores = toolScores(requests, answers(requests));

  expect(scores.server).toBeGreaterThanOrEqual(94);
  expect(scores['tool@1']).toBeGreaterThanOrEqual(88);
  expect(scores['tool@3']).toBeGreaterThanOrEqual(93);
});

test('says that nothing fits where nothing does, and rarely elsewhere', () => {
  const matches = answers([...requests, ...outside]);
  const isMatched = ({ id }: Row): boolean => matches.get(id)?.match ?? false;

  expect(share(requests, isMatched)).toBeGreaterThanOrEqual(96);
  expect(share(outside, isMatched)).toBeLessThanOrEqual(5);
});

test('splits a request of several wishes and keeps one that is a single wish', () => {
  expect(shareOfChains(chains, answers(chains))).toBeGreaterThanOrEqual(90);
  expect(router.route('List errors and warnings in Datadog', { limit: 1 }).steps).toEqual([]);
  const copied = router.route('Copy the objects of the S3 bucket to Google Cloud Storage and post to Slack', {
    limit: 5,
  });
  const condition = router.route('Check the quality gate in SonarQube and if it is red post in Slack', {
    limit: 5,
  });
  expect(condition.steps.map(({ server }) => server)).toEqual(['sonarqube', 'slack']);
  expect(copied.steps.map(({ server }) => server)).toEqual(['aws', 'gcp-storage', 'slack']);
});

test('a name that is an ordinary word counts where it is used as a name', () => {
  expect(best('Show my issues in Linear')?.server).toBe('linear');
  const words = router.route('Fit a linear regression', { limit: 5 }).ranking.links;
  expect(words.filter(({ kind }) => kind === 'name')).toEqual([]);
});

test('prefers what changes nothing where nothing else was asked', () => {
  const asked = best('Which feature flags are on in production?');
  expect(asked).toMatchObject({ server: 'launchdarkly', writes: false });
  expect(best('Turn the beta flag on in production')).toMatchObject({
    tool: 'update-feature-flag',
    writes: true,
  });
});

test('leaves out what is barred, however well its words fit', () => {
  const task = 'Create a Jira issue';
  const isJira = (candidate: number): boolean =>
    index.servers[index.candidates[candidate]?.server ?? 0]?.id === 'jira';
  const standingOf = (candidate: number) => (isJira(candidate) ? { barred: 'it is down' } : undefined);

  expect(best(task)?.server).toBe('jira');
  const { suggestions } = router.route(task, { limit: 20, standingOf });
  expect(suggestions.map(({ server }) => server)).not.toContain('jira');
});

test('experience decides between equals, and not against the words', () => {
  const twin = (id: string, tools: string[]): RoutableServer => ({
    id,
    title: id,
    description: '',
    category: '',
    tags: [],
    tools: tools.map((name) => ({ name, description: 'Reads the gauge of a boiler', params: [] })),
  });
  const twins = createRouter(createRoutingIndex([twin('aaa', ['read_gauge']), twin('bbb', ['read_gauge'])]));
  const failing = (candidate: number) => ({ successRate: candidate === 0 ? 0.5 : 1 });

  expect(twins.route('read the gauge of the boiler', { limit: 1 }).suggestions[0]?.server).toBe('aaa');
  const chosen = twins.route('read the gauge of the boiler', { limit: 1, standingOf: failing });
  expect(chosen.suggestions[0]?.server).toBe('bbb');
  const named = twins.route('read the gauge of the boiler with aaa', { limit: 1, standingOf: failing });
  expect(named.suggestions[0]?.server).toBe('aaa');
});

test('learns from examples of a tool', () => {
  const tools = ['alpha', 'beta'].map((name) => ({ name, description: 'Does work', params: [] }));
  const plain = { id: 'plant', title: 'Plant', description: '', category: '', tags: [], tools };
  const taught = {
    ...plain,
    tools: tools.map((tool) => ({
      ...tool,
      examples: Array.from({ length: 20 }, (_, n) =>
        tool.name === 'beta' ? `grind the coffee of batch ${n}` : `steam the milk of batch ${n}`,
      ),
    })),
  };
  const first = (server: RoutableServer) =>
    createRouter(createRoutingIndex([server])).route('grind some coffee', { limit: 1 }).suggestions[0];

  expect(first(plain)).toBeUndefined();
  expect(first(taught)).toMatchObject({ tool: 'beta' });
  expect(first(taught)?.evidence.likelihood).toBeGreaterThan(0.5);
});

test('examples of a few tools take nothing from the others', () => {
  const zoo = { id: 'zoo', title: 'Zoo', description: '', category: '', tags: [] };
  const tools = ['feed', 'wash', 'weigh', 'count', 'call'].map((verb) => ({
    name: `${verb}_animal`,
    description: `Can ${verb} an animal`,
    params: [],
  }));
  const examples = Array.from({ length: 20 }, (_, n) => `the lion of house ${n} is hungry`);
  const taught = tools.map((tool, n) => (n < 2 ? { ...tool, examples } : tool));
  const { route } = createRouter(createRoutingIndex([{ ...zoo, tools: taught }]));

  expect(route('the lion is hungry', { limit: 1 }).suggestions[0]).toMatchObject({ tool: 'feed_animal' });
  const [weighed] = route('weigh the animal of house 3', { limit: 1 }).suggestions;
  expect(weighed).toMatchObject({ tool: 'weigh_animal', evidence: { likelihood: 0 } });
});

test('ranks servers of which no tools are known, and reads any language', () => {
  const bare = createRouter(
    createRoutingIndex([
      { id: 'kiosk', title: 'Kiosk', description: 'Sells newspapers', category: '', tags: [], tools: [] },
      { id: '书店', title: '书店', description: '查询图书库存', category: '', tags: [], tools: [] },
    ]),
  );
  expect(bare.route('buy newspapers', { limit: 2 }).suggestions[0]).toMatchObject({
    server: 'kiosk',
    tool: null,
  });
  expect(bare.route('查询图书', { limit: 2 }).suggestions[0]).toMatchObject({ server: '书店', tool: null });
  for (const odd of ['', '   ', '🤖', '\u0000\uFFFF', 'a'.repeat(100_000), '((((((', '—'.repeat(5000)]) {
    expect(bare.route(odd, { limit: 2 }).match).toBe(false);
  }
  expect(createRouter(createRoutingIndex([])).route('anything', { limit: 3 })).toMatchObject({
    match: false,
    suggestions: [],
  });
});

test('takes a tool that is named as programs name it', () => {
  expect(best('use slack_add_reaction for this')).toMatchObject({
    server: 'slack',
    tool: 'slack_add_reaction',
  });
});

test('gives its reasons, the same each time', () => {
  const task = 'Merge the pull request in GitHub';
  const once = router.route(task, { limit: 5 });
  const again = createRouter(createRoutingIndex(servers)).route(task, { limit: 5 });
  const [first] = once.suggestions;

  expect(again.suggestions).toEqual(once.suggestions);
  expect(first && reasonsOf(first, once.ranking, index)).toMatchObject({
    names: ['github'],
    nouns: ['pull request'],
    words: { 'tool name': ['merg', 'pull', 'request'] },
    intent: 'fits',
  });
});
