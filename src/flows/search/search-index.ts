import { entryOf, loadListed } from '../../catalog/listed.ts';
import { loadCatalogEntry, loadCatalogIndex } from '../../catalog/load.ts';
import type { CatalogEntry } from '../../catalog/schema.ts';
import { productsOf } from '../../routing/products.ts';
import { type PackedTextIndex, packTextIndex } from '../../routing/scoring/packed-index.ts';
import { createTextIndexBuilder, type Field } from '../../routing/scoring/text-index.ts';
import { termsOf, wordsOf, wordsOfName } from '../../routing/text/words.ts';
import { type CatalogSearchRow, searchRow } from './search-row.ts';

/** Rows of all servers with the words they are found by: made when the project is built, read by `search`. */
export interface SearchData {
  readonly rows: readonly CatalogSearchRow[];
  readonly index: PackedTextIndex;
  /** Slugs by their other names, those of older documents and packages among them. */
  readonly aliases: Readonly<Record<string, string>>;
}

export async function buildSearchData(): Promise<SearchData> {
  const tested = await Promise.all((await loadCatalogIndex()).map(({ slug }) => loadCatalogEntry(slug)));
  const listed = await loadListed();
  const all = [
    ...tested.map((entry) => ({ entry, listed: undefined })),
    ...listed.map((server) => ({ entry: entryOf(server), listed: server })),
  ];
  const builder = createTextIndexBuilder();
  for (const { entry } of all) builder.add(fieldsOf(entry));
  return {
    rows: all.map(({ entry, listed: server }) => searchRow(entry, server)),
    index: packTextIndex(builder),
    aliases: aliasesOf(all.map(({ entry }) => entry)),
  };
}

function fieldsOf(entry: CatalogEntry): Field[] {
  const { slug, title, description, category, aliases, tools, examples } = entry;
  const products = productsOf({ id: slug, title });
  const nouns = products.flatMap(({ product }) => [...product.strong, ...product.weak]);
  const tasks = products.flatMap(({ product }) => Object.values(product.tools ?? {}).flat());
  const known = products.flatMap(({ product }) => Object.keys(product.tools ?? {}));
  const short = aliases.flatMap(({ name }) => (name.includes('/') ? [] : name));
  return [
    { terms: termsOf([slug, title, ...short].flatMap(wordsOf)), weight: 4, dilution: 0.2 },
    { terms: termsOf(wordsOf(description)), weight: 1.5, dilution: 0.5 },
    { terms: termsOf(wordsOf(category)), weight: 1, dilution: 0 },
    {
      terms: termsOf([...tools.readOnly, ...tools.writing, ...known].flatMap(wordsOfName)),
      weight: 1,
      dilution: 0.75,
    },
    { terms: termsOf([...nouns, ...tasks].flatMap(wordsOf)), weight: 1, dilution: 0.75 },
    { terms: termsOf(Object.values(examples).flat().flatMap(wordsOf)), weight: 0.5, dilution: 0.75 },
  ];
}

/** The first server that has a name keeps it: those that were looked at stand first. */
function aliasesOf(entries: readonly CatalogEntry[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { slug, name, aliases, transports } of entries) {
    const packages = transports.map((way) => (way.kind === 'remote' ? way.url : way.package));
    for (const other of [name, ...aliases.map((alias) => alias.name), ...packages]) {
      const key = other.toLowerCase();
      if (key !== slug) found[key] ??= slug;
    }
  }
  return found;
}
