import type { CatalogIndexRow } from './index-row.ts';
import type { CatalogEntry } from './schema.ts';

/** What `list --catalog` and name lookup need of every entry, without its depth. Ordered by slug. */
export async function loadCatalogIndex(): Promise<readonly CatalogIndexRow[]> {
  const { default: rows } = await import('./index.json', { with: { type: 'json' } });
  // The data is checked against its schema by the tests, not at each start.
  return rows as unknown as CatalogIndexRow[];
}

/** One entry; nothing of the others is read. The slug must stand in the index. */
export async function loadCatalogEntry(slug: string): Promise<CatalogEntry> {
  const { default: entry } = await import(`./entries/${slug}.json`, { with: { type: 'json' } });
  return entry as CatalogEntry;
}
