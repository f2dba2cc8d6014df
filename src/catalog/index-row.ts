import type { CatalogEntry } from './schema.ts';

/** What every list says of a server. */
export type ServerSummary = Pick<
  CatalogEntry,
  'slug' | 'title' | 'description' | 'category' | 'tier' | 'status' | 'maintainer'
>;

/** One line of the catalog's index. */
export interface CatalogIndexRow extends Readonly<ServerSummary> {
  readonly name: string;
  /** Kind of the preferred way in. */
  readonly via: CatalogEntry['transports'][number]['kind'];
  readonly auth: CatalogEntry['auth']['kinds'][number];
  readonly aliases: readonly string[];
  /** Packages, images and addresses of the entry, of its alternatives and of its past. */
  readonly packages: readonly string[];
}

export function summaryOf(entry: CatalogEntry): ServerSummary {
  const { slug, title, description, category, tier, status, maintainer } = entry;
  return { slug, title, description, category, tier, status, maintainer };
}

export function toIndexRow(entry: CatalogEntry): CatalogIndexRow {
  const preferred = entry.transports.find(({ id }) => id === entry.preferred);
  const transports = [...entry.transports, ...entry.alternatives.flatMap((other) => other.transports)];
  const identifiers = transports.flatMap(identifiersOf);
  const { slug, ...summary } = summaryOf(entry);
  return {
    slug,
    name: entry.name,
    ...summary,
    via: preferred?.kind ?? 'remote',
    auth: entry.auth.kinds[0] ?? 'none',
    aliases: entry.aliases.map((alias) => alias.name),
    packages: [...new Set([...identifiers, ...entry.retired.map(({ what }) => what)])],
  };
}

/** What a way in is known by elsewhere: its package or image, or its addresses. */
export function identifiersOf(way: CatalogEntry['transports'][number]): string[] {
  if (way.kind !== 'remote') return [way.package];
  return [way.url, ...(way.readOnly?.url ? [way.readOnly.url] : [])];
}
