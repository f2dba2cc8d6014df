import type { RoutableServer } from './catalogue.ts';
import type { Product } from './product-schema.ts';
import cloud from './products/cloud.json' with { type: 'json' };
import code from './products/code.json' with { type: 'json' };
import data from './products/data.json' with { type: 'json' };
import operations from './products/operations.json' with { type: 'json' };
import work from './products/work.json' with { type: 'json' };
import { wordsOf } from './text/words.ts';

/** A product a server serves. */
export interface ProductMatch {
  readonly product: Product;
  readonly id: string;
  /** 1 when the server is named like the product, less when its name only holds it. */
  readonly certainty: number;
}

// The data is checked against its schema by the tests, not at each start.
export const PRODUCTS: Readonly<Record<string, Product>> = {
  ...work,
  ...code,
  ...data,
  ...cloud,
  ...operations,
};

/** Words of a server's name that every other server's has, too. */
const NOISE = new Set(
  'mcp server official the integration connector for client model context protocol service ai autoauth'.split(
    ' ',
  ),
);
const NAMESPACE = /^(?:@[^/\s]*|[a-z\d-]+(?:\.[a-z\d-]+)+)\//i;
const HOLDS = 0.75;

/** The words a server is called by, without those that only say that it is a server. */
export function nameWords(name: string): string[] {
  // `@acme/x` and `io.github.acme/x` say whose it is, and not what.
  const words = wordsOf(name.replace(NAMESPACE, ''));
  const telling = words.filter((word) => !NOISE.has(word));
  return telling.length > 0 ? telling : words;
}

/** Which products a server serves, by its id and title. */
export function productsOf({ id, title }: Pick<RoutableServer, 'id' | 'title'>): ProductMatch[] {
  const names = [nameWords(id).join(' '), nameWords(title).join(' ')];
  const exact = new Set(names.flatMap((name) => BY_NAME.get(name) ?? []));
  if (exact.size > 0) return [...exact].map((found) => matchOf(found, 1));
  const held = names.map(longestIn).sort((one, other) => other.length - one.length)[0];
  return (BY_NAME.get(held ?? '') ?? []).map((found) => matchOf(found, HOLDS));
}

function matchOf(id: string, certainty: number): ProductMatch {
  const product = PRODUCTS[id];
  if (!product) throw new RangeError(`There is no product ${id}.`);
  return { product, id, certainty };
}

const BY_NAME = namesOf(PRODUCTS);

function namesOf(products: Readonly<Record<string, Product>>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [id, { names = [] }] of Object.entries(products)) {
    for (const name of new Set([id, ...names].map((each) => nameWords(each).join(' ')))) {
      found.set(name, [...(found.get(name) ?? []), id]);
    }
  }
  return found;
}

/** The longest product name that stands in another name, e.g. `mongodb` in `mongodb lens`; ordinary words don't count. */
function longestIn(name: string): string {
  const words = name.split(' ');
  let longest = '';
  for (let start = 0; start < words.length; start += 1) {
    for (let end = start + 1; end <= words.length; end += 1) {
      const part = words.slice(start, end).join(' ');
      if (part.length <= longest.length) continue;
      const isMeant = BY_NAME.get(part)?.some((id) => !PRODUCTS[id]?.common);
      if (isMeant) longest = part;
    }
  }
  return longest;
}
