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
  const ask = router(read('servers'));
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

test('finds the server of the catalog for tasks in plain words', async () => {
  const tested = new Set((await loadCatalogIndex()).map(({ slug }) => slug));
  const ask = router((await catalogServers()).filter(({ id }) => tested.has(id)));

  expect(toolScores(core, ask(core)).server).toBeGreaterThanOrEqual(80);
});
