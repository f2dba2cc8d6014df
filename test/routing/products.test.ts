import { expect, test } from 'vitest';
import { productsSchema } from '../../src/routing/product-schema.ts';
import { PRODUCTS, productsOf } from '../../src/routing/products.ts';
import { wordsOf } from '../../src/routing/text/words.ts';

const products = Object.entries(PRODUCTS);

test('every product fits the schema', () => {
  expect(productsSchema.safeParse(PRODUCTS).error?.issues ?? []).toEqual([]);
});

test('no two products claim the same name, unless one belongs to the other', () => {
  expect(claimedTwice(PRODUCTS)).toEqual([]);
  expect(claimedTwice({ ...PRODUCTS, other: { strong: ['Trello'], weak: [] } })).toEqual([
    'trello: trello, other',
  ]);
});

test('what a product belongs to exists', () => {
  const parents = products.flatMap(([, { partOf }]) => partOf ?? []);
  expect(parents.filter((parent) => !(parent in PRODUCTS))).toEqual([]);
});

test('a noun is not a name of the same product, and no phrase is said twice', () => {
  const faults = products.flatMap(([id, { strong, weak, tools = {} }]) => {
    const lists = [strong, weak, ...Object.values(tools)];
    const repeated = lists.flatMap((list) => list.filter((phrase, place) => list.indexOf(phrase) < place));
    return [...repeated, ...weak.filter((phrase) => strong.includes(phrase))].map(
      (phrase) => `${id}: ${phrase}`,
    );
  });
  expect(faults).toEqual([]);
});

test('a server is a product by its name, less surely by a part of it, and never by an ordinary word in it', () => {
  const idsOf = (id: string, title: string) =>
    productsOf({ id, title }).map((found) => [found.id, found.certainty]);

  expect(idsOf('mcp-server-neon', 'Neon MCP Server')).toEqual([['neon', 1]]);
  expect(idsOf('db', 'PostgreSQL')).toEqual([['postgres', 1]]);
  expect(idsOf('mongodb-lens', 'MongoDB Lens for all')).toEqual([['mongodb', 1]]);
  expect(idsOf('my-mongodb-thing', 'Some tool')).toEqual([['mongodb', 0.75]]);
  expect(idsOf('linear-algebra', 'Linear algebra')).toEqual([]);
});

/** Names that several products claim, none of which belongs to another of them. */
function claimedTwice(all: typeof PRODUCTS): string[] {
  const claims = new Map<string, Set<string>>();
  for (const [id, { strong }] of Object.entries(all)) {
    for (const name of [id, ...strong]) {
      const key = wordsOf(name).join(' ');
      claims.set(key, (claims.get(key) ?? new Set()).add(id));
    }
  }
  return [...claims].flatMap(([name, ids]) => {
    const strangers = [...ids].filter((id) => !ids.has(all[id]?.partOf ?? ''));
    return strangers.length > 1 ? [`${name}: ${[...ids].join(', ')}`] : [];
  });
}
