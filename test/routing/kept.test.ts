import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadCatalogIndex } from '../../src/catalog/load.ts';
import { catalogServers } from '../../src/flows/routing/catalog-servers.ts';
import type { RoutableServer } from '../../src/routing/catalogue.ts';
import { createRouter } from '../../src/routing/route.ts';
import { createRoutingIndex } from '../../src/routing/routing-index.ts';
import { share, shareOfChains, toolScores } from '../bench/routing-scores.mjs';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/routing/${name}.json`, import.meta.url), 'utf8'));
const { requests, core, chains, outside } = read('kept');
const servers: RoutableServer[] = read('servers');

interface Row {
  readonly id: string;
  readonly q: string;
}

/** Answers to a row by its id. */
function router(servers: readonly RoutableServer[]) {
  const { route } = createRouter(createRoutingIndex(servers));
  return (rows: readonly Row[]) =>
    new Map(
      rows.map(({ id, q }) => {
        const { suggestions, match, steps } = route(q, { limit: 10 });
        return [id, { ranked: suggestions, match, steps: steps.map(({ server }) => server) }];
      }),
    );
}

test('finds what requests ask for that the ranker was not made with', () => {
  const ask = router(servers);
  const answers = ask([...requests, ...outside]);
  const isMatched = ({ id }: Row): boolean => answers.get(id)?.match ?? false;
  const scores = toolScores(requests, answers);

  expect(scores.server).toBeGreaterThanOrEqual(94);
  expect(scores['tool@1']).toBeGreaterThanOrEqual(88);
  expect(scores['tool@3']).toBeGreaterThanOrEqual(94);
  expect(share(requests, isMatched)).toBeGreaterThanOrEqual(97);
  expect(share(outside, isMatched)).toBeLessThanOrEqual(25);
  expect(shareOfChains(chains, ask(chains))).toBeGreaterThanOrEqual(90);
});

test.each<[string, string, (name: string, server: string) => string]>([
  ['tools that begin like their server', '', (name, server) => `mcp__${server}__${name}`],
  ['tools in camel case', '', (name) => name.replaceAll(/[_-](\w)/g, (_, letter) => letter.toUpperCase())],
  ['servers in a namespace', 'io.github.acme/', (name) => name],
])('finds them in catalogues of other manners: %s', (_, space, rename) => {
  const renamed = servers.map((server) => ({
    ...server,
    id: `${space}${server.id}`,
    title: space === '' ? server.title : `${space}${server.id}`,
    tools: server.tools.map((tool) => ({ ...tool, name: rename(tool.name, server.id) })),
  }));
  const names = new Map(
    servers.flatMap(({ id, tools }) => tools.map(({ name }) => [`${id}/${rename(name, id)}`, name])),
  );
  const answers = router(renamed)(requests);
  const restored = new Map(
    [...answers].map(([id, { ranked }]) => {
      const named = ranked.map(({ server, tool }) => {
        const own = server.slice(space.length);
        return { server: own, tool: names.get(`${own}/${tool}`) ?? null };
      });
      return [id, { ranked: named, steps: [] }];
    }),
  );
  const scores = toolScores(requests, restored);

  expect(scores.server).toBeGreaterThanOrEqual(93);
  expect(scores['tool@1']).toBeGreaterThanOrEqual(85);
});

test('finds the server of the catalog for tasks in plain words', async () => {
  const tested = new Set((await loadCatalogIndex()).map(({ slug }) => slug));
  const ask = router((await catalogServers()).filter(({ id }) => tested.has(id)));

  expect(toolScores(core, ask(core)).server).toBeGreaterThanOrEqual(80);
});
