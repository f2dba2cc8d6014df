import { expect, test } from 'vitest';
import { findInCatalog } from '../../src/catalog/find.ts';
import { entryOf, loadListed } from '../../src/catalog/listed.ts';
import { listedServerSchema } from '../../src/catalog/listed-schema.ts';
import { loadCatalogIndex } from '../../src/catalog/load.ts';
import { catalogEntrySchema } from '../../src/catalog/schema.ts';
import { chooseWay } from '../../src/catalog/way.ts';
import { problemWithServerName } from '../../src/core/server-name.ts';
import { loadSearchData } from '../../src/flows/search/search-flow.ts';
import { buildSearchData } from '../../src/flows/search/search-index.ts';
import { productsOf } from '../../src/routing/products.ts';

const servers = await loadListed();
const tested = await loadCatalogIndex();
const OVER = ['stale', 'superseded', 'deprecated', 'archived'];

test('with those that were looked at there are more than 700', () => {
  expect(servers.length + tested.length).toBeGreaterThan(700);
});

test('every listed server fits the schema, and as an entry that of entries but for its pages', () => {
  for (const server of servers) {
    expect(listedServerSchema.safeParse(server).error?.issues ?? [], server.slug).toEqual([]);
    const issues = catalogEntrySchema.safeParse(entryOf(server)).error?.issues ?? [];
    expect(
      issues.filter(({ path }) => path[0] !== 'docs'),
      server.slug,
    ).toEqual([]);
    expect(problemWithServerName(server.slug), server.slug).toBeUndefined();
  }
});

test('no two have one slug or name, and none that of a server that was looked at', () => {
  const owners = new Map<string, string>();
  for (const { slug, name, aliases } of tested) {
    for (const each of [slug, name, ...aliases]) owners.set(each.toLowerCase(), slug);
  }
  for (const { slug, name } of servers) {
    for (const each of new Set([slug, name ?? slug])) {
      const owner = owners.get(each.toLowerCase());
      expect(owner ?? slug, each).toBe(slug);
      owners.set(each.toLowerCase(), slug);
    }
  }
});

test('what is over says what to take instead, and that is not over', () => {
  const alive = new Set([
    ...tested.map(({ slug }) => slug),
    ...servers.filter(({ status }) => !OVER.includes(status)).map(({ slug }) => slug),
  ]);
  const lost = servers.filter(
    ({ status, replacedBy }) => OVER.includes(status) && !alive.has(replacedBy ?? ''),
  );
  expect(lost.map(({ slug }) => slug)).toEqual([]);
});

test('each can be added: it has a way whose blanks are described', () => {
  const stuck = servers.filter((server) => {
    const entry = entryOf(server);
    const way = chooseWay({ entry, by: 'slug', transport: entry.preferred, also: [] });
    return !way || (way.url?.match(/\{[^}]+\}/g) ?? []).length !== Object.keys(way.blanks).length;
  });
  expect(stuck.map(({ slug }) => slug)).toEqual([]);
});

test('a name finds the tested server first, a listed one else, and what replaced one that is over', async () => {
  expect(await findInCatalog('slack')).toMatchObject({ entry: { slug: 'slack', tier: 'enterprise' } });
  const airtable = await findInCatalog('airtable');
  expect(airtable?.entry).toMatchObject({ slug: 'airtable', tier: 'listed' });
  expect(airtable?.entry.caveats[0]).toMatch(
    /^Listed, not tested: it stands in (one|\d) public lists?, last on \d{4}-/,
  );
  expect(await findInCatalog('mcp-server-airtable')).toMatchObject({
    entry: { slug: 'airtable' },
    by: 'alias',
  });
  expect(await findInCatalog('reference-google-maps')).toMatchObject({
    entry: { slug: 'google-maps' },
    reason: expect.stringContaining('is archived; '),
  });
  expect(await findInCatalog('no-such-server-anywhere')).toBeUndefined();
});

test('every server that was looked at is a product people have words for', () => {
  const dumb = tested.filter(({ slug, title }) => {
    const products = productsOf({ id: slug, title });
    return products.flatMap(({ product: { strong, weak } }) => [...strong, ...weak]).length < 2;
  });
  expect(dumb.map(({ slug }) => slug)).toEqual([]);
});

test('what search reads is made of the catalog as it is', async () => {
  expect(await loadSearchData()).toEqual(JSON.parse(JSON.stringify(await buildSearchData())));
});
