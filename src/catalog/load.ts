import { type CatalogIndexRow, toIndexRow } from './index-row.ts';
import { entryOf, loadListed } from './listed.ts';
import type { CatalogEntry } from './schema.ts';

/** What name lookup needs of every entry that was looked at, without its depth. Ordered by slug. */
export async function loadCatalogIndex(): Promise<readonly CatalogIndexRow[]> {
  const { default: rows } = await import('./index.json', { with: { type: 'json' } });
  // The data is checked against its schema by the tests, not at each start.
  return rows as unknown as CatalogIndexRow[];
}

/** The same of servers that are only listed: many more, and read only where the others don't answer. */
export async function loadListedIndex(): Promise<readonly CatalogIndexRow[]> {
  return (await loadListed()).map((server) => toIndexRow(entryOf(server)));
}

/** One entry; nothing of the others is read. @throws RangeError when no index has the slug. */
export async function loadCatalogEntry(slug: string): Promise<CatalogEntry> {
  const rows = await loadCatalogIndex();
  if (rows.some((row) => row.slug === slug)) {
    const { default: entry } = await import(`./entries/${slug}.json`, { with: { type: 'json' } });
    return entry as CatalogEntry;
  }
  const listed = (await loadListed()).find((server) => server.slug === slug);
  if (!listed) throw new RangeError(`The catalog has no ${slug}.`);
  return entryOf(listed);
}
