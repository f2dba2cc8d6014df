import { catalogFileIn, FACETS, type StoredRow } from '../../marketplace/refresh/catalog-file.ts';
import { openRefreshedCatalog } from '../../marketplace/refresh/open-catalog.ts';
import { readRefreshState } from '../../marketplace/refresh/refresh-state.ts';
import type { RefreshedSource } from '../../marketplace/refresh/row.ts';

/** A server as a registry listed it when it was read last. */
export interface RefreshedServer extends StoredRow {
  readonly source: RefreshedSource;
}

/** By full name, package or address; undefined where no registry that was read has it. */
export async function refreshedServer(name: string, cache: string): Promise<RefreshedServer | undefined> {
  return await readServer(cache, (catalog) => catalog.find(name));
}

/** What a registry says of a server the catalog has. */
export async function refreshedTwin(slug: string, cache: string): Promise<RefreshedServer | undefined> {
  return await readServer(cache, ({ head: { merged } }) =>
    Object.hasOwn(merged, slug) ? merged[slug] : undefined,
  );
}

type Catalog = NonNullable<ReturnType<typeof openRefreshedCatalog>>;

async function readServer(
  cache: string,
  find: (catalog: Catalog) => number | undefined,
): Promise<RefreshedServer | undefined> {
  const catalog = openRefreshedCatalog(catalogFileIn(cache));
  if (!catalog) return undefined;
  try {
    const place = find(catalog);
    const stored = place === undefined ? undefined : catalog.row(place);
    if (place === undefined || !stored) return undefined;
    const state = await readRefreshState(cache);
    const source = state?.sources[FACETS.source(catalog.facets[place] ?? 0)];
    return source && { ...stored, source };
  } finally {
    catalog.close();
  }
}
