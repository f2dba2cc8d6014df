import { closest } from '../core/closest.ts';
import { type CatalogIndexRow, identifiersOf } from './index-row.ts';
import { loadListed } from './listed.ts';
import { loadCatalogEntry, loadCatalogIndex, loadListedIndex } from './load.ts';
import type { CatalogAlternative, CatalogEntry } from './schema.ts';

export interface CatalogMatch {
  readonly entry: CatalogEntry;
  /** What of the entry the name was. `alias` includes names from older documents. */
  readonly by: 'slug' | 'name' | 'alias' | 'package';
  readonly profile?: string;
  /** Set when the name is one of an alternative's packages: then its transports are meant, not the entry's. */
  readonly alternative?: CatalogAlternative;
  /** Id of the transport to use, of the alternative when there is one. */
  readonly transport: string;
  /** Why this and not what the name says; absent when the name says it. */
  readonly reason?: string;
  /** Slugs and alternatives' ids that answer to the name as well: the choice is a recommendation. */
  readonly also: readonly string[];
}

/**
 * Finds an entry by slug, registry name, alias, package, image or URL, and by the names older documents use
 * (`server-github`, `@modelcontextprotocol/server-postgres`, `mcp-server-git`). A foreign scope is never guessed
 * away: `@someone/server-github` is not GitHub's.
 */
export async function findInCatalog(name: string): Promise<CatalogMatch | undefined> {
  const rows = await loadCatalogIndex();
  const asked = normalise(name);
  const exact = findRow(rows, asked);
  if (exact) return await matchOf(exact, asked);
  const base = baseOf(asked);
  const reference = `${REFERENCE}${base}`;
  const old = base === undefined ? undefined : findRow(rows, reference);
  if (old) return await matchOf(old, reference);
  // Names of servers that were looked at come first: what is only listed never stands in front of them.
  const listed = await loadListedIndex();
  const exactListed = findRow(listed, asked);
  if (exactListed) return await listedMatch(exactListed, asked);
  if (base === undefined) return undefined;
  const bare = findRow(rows, base);
  const bareListed = bare ? undefined : findRow(listed, base);
  const match = bare ? await matchOf(bare, base) : bareListed && (await listedMatch(bareListed, base));
  return (
    match && {
      ...match,
      by: 'alias',
      reason: match.reason ?? `No server is published as ${asked}; ${match.entry.title} is meant.`,
    }
  );
}

/** Slugs and aliases that could be meant by a name the catalog does not know, nearest first. */
export async function suggestFromCatalog(name: string, limit = 3): Promise<string[]> {
  const rows = [...(await loadCatalogIndex()), ...(await loadListedIndex())];
  const asked = baseOf(normalise(name)) ?? normalise(name);
  const names = rows.flatMap(({ slug, aliases }) => [
    slug,
    ...aliases.filter((alias) => !alias.includes('/')),
  ]);
  const containing = names.filter(
    (known) => asked.length > 3 && known.length > 3 && (known.includes(asked) || asked.includes(known)),
  );
  return [...new Set([...closest(asked, names, limit), ...containing])].slice(0, limit);
}

/** Why a well-known package leads nowhere any more; undefined for all others. */
export function goneFromCatalog(name: string): string | undefined {
  return GONE.get(normalise(name));
}

const REFERENCE = '@modelcontextprotocol/server-';

const GONE = new Map([
  ['@pulumi/mcp-server', 'The package was taken off npm; Pulumi hosts its server, which you can add by URL.'],
]);

type Found = { readonly row: CatalogIndexRow; readonly by: CatalogMatch['by'] };

function normalise(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-')
    .replace(/(?<=[^/])@[^/]*$/, '');
}

/** `linear` for `server-linear`, `mcp-server-linear`, `linear-mcp` and the reference project's scope; else undefined. */
function baseOf(name: string): string | undefined {
  const unscoped = name.startsWith(REFERENCE) ? name.slice(REFERENCE.length) : name;
  if (unscoped.includes('/') || unscoped.includes(':')) return undefined;
  const base = unscoped.replace(/^(mcp-server-|server-|mcp-)/, '').replace(/(-mcp-server|-mcp|-server)$/, '');
  return base === name || base === '' ? undefined : base;
}

function findRow(rows: readonly CatalogIndexRow[], asked: string): Found | undefined {
  const tests: [CatalogMatch['by'], (row: CatalogIndexRow) => boolean][] = [
    ['slug', ({ slug }) => slug === asked],
    ['name', ({ name }) => name.toLowerCase() === asked],
    ['alias', ({ aliases }) => aliases.includes(asked)],
    ['package', ({ packages }) => packages.some((identifier) => normalise(identifier) === asked)],
  ];
  for (const [by, test] of tests) {
    const row = rows.find(test);
    if (row) return { row, by };
  }
  return undefined;
}

/** A server that is over leads to the one to take instead. */
async function listedMatch(found: Found, asked: string): Promise<CatalogMatch> {
  const server = (await loadListed()).find(({ slug }) => slug === found.row.slug);
  const { replacedBy, status, title } = server ?? {};
  const match = await matchOf(found, asked);
  if (replacedBy === undefined || isOffered(status)) return match;
  const entry = await loadCatalogEntry(replacedBy);
  return {
    entry,
    by: 'alias',
    transport: entry.preferred,
    reason: `${title} is ${status}; ${entry.title} is offered instead.`,
    also: [],
  };
}

async function matchOf({ row, by }: Found, asked: string): Promise<CatalogMatch> {
  const entry = await loadCatalogEntry(row.slug);
  if (by === 'package') return matchByPackage(entry, asked);
  const alias = by === 'alias' ? entry.aliases.find(({ name }) => name === asked) : undefined;
  const profile = alias?.profile;
  return {
    entry,
    by,
    transport: (profile && entry.profiles?.[profile]?.transport) || entry.preferred,
    also: alias?.also ?? [],
    ...(profile !== undefined && { profile }),
    ...(alias?.reason !== undefined && { reason: alias.reason }),
  };
}

function matchByPackage(entry: CatalogEntry, asked: string): CatalogMatch {
  const isAsked = (way: CatalogEntry['transports'][number]): boolean =>
    identifiersOf(way).some((identifier) => normalise(identifier) === asked);
  const preferred: CatalogMatch = { entry, by: 'package', transport: entry.preferred, also: [] };

  const own = entry.transports.find(isAsked);
  if (own) {
    if (isOffered(own.status)) return { ...preferred, transport: own.id };
    return { ...preferred, reason: own.note ?? `${asked} is ${own.status}.` };
  }
  for (const alternative of entry.alternatives) {
    const way = alternative.transports.find(isAsked);
    if (!way) continue;
    if (isOffered(alternative.status)) return { ...preferred, alternative, transport: way.id };
    return {
      ...preferred,
      reason: `${alternative.title} is ${alternative.status}. ${alternative.note ?? ''}`.trim(),
    };
  }
  const retired = entry.retired.find(({ what }) => normalise(what) === asked);
  return { ...preferred, ...(retired && { reason: `${retired.what} is ${retired.state}. ${retired.note}` }) };
}

const OFFERED: ReadonlySet<string> = new Set(['active', 'preview', 'slow', 'listed', 'unverified']);

function isOffered(status: CatalogEntry['status'] | undefined): boolean {
  return status === undefined || OFFERED.has(status);
}
