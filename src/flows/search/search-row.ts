import { type ServerSummary, summaryOf } from '../../catalog/index-row.ts';
import type { ListedServer } from '../../catalog/listed-schema.ts';
import type { CatalogEntry } from '../../catalog/schema.ts';
import type { WayKind } from '../../marketplace/refresh/row.ts';

/** What `search` shows and filters by, of one server of the catalog. */
export interface CatalogSearchRow extends Readonly<ServerSummary> {
  readonly auth: readonly ('none' | 'api-key' | 'oauth')[];
  /** Kinds of its ways in, the preferred one first. */
  readonly transports: readonly WayKind[];
  /** Whether it can be limited to reading, or only reads. */
  readonly readOnly: boolean;
  readonly tools: number;
  /** Range of Node versions its npm package runs on, where that is known. */
  readonly node?: string;
  readonly licence?: string;
  /** Stars of its repository, and the day they were counted. */
  readonly stars?: readonly [number, string];
  /** Slug of what to take instead. */
  readonly replacedBy?: string;
}

/** The same of any server: those of registries have their full name as slug. */
export interface SearchRow extends Omit<CatalogSearchRow, 'tier' | 'maintainer'> {
  readonly tier: CatalogEntry['tier'] | 'own' | 'public';
  readonly maintainer: CatalogEntry['maintainer'] | 'own';
}

export function searchRow(entry: CatalogEntry, listed?: ListedServer): CatalogSearchRow {
  const { licence, tools } = entry;
  const ways = [...entry.transports].sort(
    (one, other) => Number(other.id === entry.preferred) - Number(one.id === entry.preferred),
  );
  const node = ways.flatMap((way) => (way.kind === 'npm' && way.node ? way.node : []))[0];
  const onlyReads = tools.readOnly.length > 0 && tools.writing.length === 0;
  return {
    ...summaryOf(entry),
    auth: entry.auth.kinds,
    transports: [...new Set(ways.map(({ kind }) => kind))],
    readOnly: onlyReads || ways.some(({ readOnly }) => readOnly !== undefined),
    tools: tools.readOnly.length + tools.writing.length,
    ...(node !== undefined && { node }),
    ...(licence !== undefined && { licence }),
    ...(listed?.stars && { stars: listed.stars }),
    ...(listed?.replacedBy !== undefined && { replacedBy: listed.replacedBy }),
  };
}

/** What adding a server means: whose program it is, where it runs and how well it is known. */
export interface Risk {
  readonly level: 'low' | 'medium' | 'high';
  readonly reasons: readonly string[];
}

const OVER: ReadonlySet<string> = new Set(['stale', 'superseded', 'deprecated', 'archived']);

export function isOver({ status }: Pick<SearchRow, 'status'>): boolean {
  return OVER.has(status);
}

/** @param claims Slug of the catalog's server a server of a registry is called like. */
export function riskOf({ maintainer, tier, transports, status, licence }: SearchRow, claims?: string): Risk {
  const runsHere = transports[0] !== 'remote';
  const points: [string, number][] = [];
  if (maintainer === 'community') points.push(['neither the vendor nor the MCP project maintains it', 1]);
  if (tier === 'listed') points.push(['listed, not tested', 1]);
  if (tier === 'public') points.push(['anybody may publish in the public registry', 1]);
  if (tier === 'own') points.push(['your own registry lists it; it was not tested', 1]);
  if (runsHere && (tier === 'listed' || tier === 'public') && maintainer === 'community')
    points.push(['its code runs on your machine', 1]);
  if (runsHere && tier === 'listed' && licence === undefined) points.push(['its licence is not known', 0]);
  if (claims !== undefined) points.push([`it is called like ${claims}, and is another server`, 2]);
  if (status === 'unverified') points.push(['only an old list names it', 1]);
  if (OVER.has(status)) points.push([`it is ${status}`, 2]);
  const sum = points.reduce((total, [, weight]) => total + weight, 0);
  return { level: sum >= 3 ? 'high' : sum > 0 ? 'medium' : 'low', reasons: points.map(([reason]) => reason) };
}
