import type { KnownServer, KnownServers, KnownVersion } from '../known-servers.ts';
import { entryOf, type RegistryEntry } from './entry.ts';
import { Refusal } from './exchange.ts';

export interface ServerList {
  readonly servers: readonly RegistryEntry[];
  readonly metadata: { readonly count: number; readonly nextCursor?: string };
}

const USUAL = 30;
const MOST = 100;

/** What a list is asked for; `version` is `latest`, one version, or every one when absent. */
interface Filter {
  readonly search?: string;
  readonly version?: string;
  /** Milliseconds. */
  readonly updatedSince?: number;
  readonly withDeleted: boolean;
}

/** `GET /v0.1/servers`: by name, and the versions of one in the order they were published. */
export function listServers(known: KnownServers, query: URLSearchParams, base: string): ServerList {
  const limit = limitIn(query.get('limit'));
  const cursor = cursorIn(query.get('cursor'));
  // Some clients send the cursor alone from the second page on, so it says what was asked for.
  const filter = filterIn(query.get('cursor') ? withAsked(cursor.query, query) : query);
  const found: { server: KnownServer; version: KnownVersion }[] = [];
  let nextCursor: string | undefined;
  let place = cursor.after;
  for (const { server, version, at } of chosen(known, filter, cursor.after)) {
    if (found.length === limit) {
      nextCursor = writeCursor({ after: place ?? at, query: filterText(filter) });
      break;
    }
    found.push({ server, version });
    place = at;
  }
  const servers = found.map(({ server, version }) => entryOf(server, version, base));
  return { servers, metadata: { count: servers.length, ...(nextCursor !== undefined && { nextCursor }) } };
}

interface Place {
  readonly name: string;
  /** How many of its versions came before, in the order they were published. */
  readonly index: number;
}

function* chosen(
  known: KnownServers,
  filter: Filter,
  after: Place | undefined,
): Generator<{ server: KnownServer; version: KnownVersion; at: Place }> {
  for (const server of known.all()) {
    if (after && server.name < after.name) continue;
    if (filter.search !== undefined && !server.name.toLowerCase().includes(filter.search)) continue;
    for (const [index, version] of server.versions.entries()) {
      if (after && server.name === after.name && index <= after.index) continue;
      if (isWanted(server, version, filter)) yield { server, version, at: { name: server.name, index } };
    }
  }
}

function isWanted(server: KnownServer, version: KnownVersion, filter: Filter): boolean {
  if (version.isDeleted && !filter.withDeleted) return false;
  if (filter.updatedSince !== undefined && Date.parse(version.updatedAt) < filter.updatedSince) return false;
  if (filter.version === undefined) return true;
  return filter.version === 'latest' ? version === server.latest : version.version === filter.version;
}

/** `GET /v0.1/servers/{name}/versions`, newest first. */
export function listVersions(server: KnownServer, query: URLSearchParams, base: string): ServerList {
  const withDeleted = query.get('include_deleted') === 'true';
  const versions = server.versions.filter(({ isDeleted }) => withDeleted || !isDeleted);
  if (versions.length === 0) throw new Refusal(404, 'Server not found');
  const servers = versions.map((version) => entryOf(server, version, base)).reverse();
  return { servers, metadata: { count: servers.length } };
}

function limitIn(text: string | null): number {
  if (text === null || text === '') return USUAL;
  const limit = Number(text);
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new Refusal(400, 'Invalid limit: a number from 1 to 100');
  return Math.min(limit, MOST);
}

function filterIn(query: URLSearchParams): Filter {
  const [search, version, since] = ['search', 'version', 'updated_since'].map(
    (name) => query.get(name) || undefined,
  );
  const updatedSince = since === undefined ? undefined : Date.parse(since);
  const isDate =
    since === undefined || (/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/.test(since) && !Number.isNaN(updatedSince));
  if (!isDate) throw new Refusal(400, 'Invalid updated_since: an RFC 3339 time such as 2026-01-31T12:00:00Z');
  return {
    ...(search !== undefined && { search: search.toLowerCase() }),
    ...(version !== undefined && { version }),
    ...(updatedSince !== undefined && { updatedSince }),
    // Whoever keeps a copy has to hear of what was taken out.
    withDeleted: query.get('include_deleted') === 'true' || updatedSince !== undefined,
  };
}

function filterText({ search, version, updatedSince, withDeleted }: Filter): string {
  return new URLSearchParams({
    ...(search !== undefined && { search }),
    ...(version !== undefined && { version }),
    ...(updatedSince !== undefined && { updated_since: new Date(updatedSince).toISOString() }),
    ...(withDeleted && { include_deleted: 'true' }),
  }).toString();
}

function withAsked(kept: string, query: URLSearchParams): URLSearchParams {
  const all = new URLSearchParams(kept);
  for (const [name, value] of query) all.set(name, value);
  return all;
}

interface Cursor {
  readonly after?: Place;
  readonly query: string;
}

function writeCursor({ after, query }: Required<Cursor>): string {
  return Buffer.from(JSON.stringify([after.name, after.index, query])).toString('base64url');
}

function cursorIn(text: string | null): Cursor {
  if (!text) return { query: '' };
  try {
    const [name, index, query]: unknown[] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (typeof name === 'string' && Number.isSafeInteger(index) && typeof query === 'string')
      return { after: { name, index: Number(index) }, query };
  } catch {}
  throw new Refusal(400, 'Invalid cursor');
}

/** The version a path names. */
export function findVersion(server: KnownServer, asked: string, query: URLSearchParams): KnownVersion {
  const version = asked === 'latest' ? server.latest : server.versions.find((one) => one.version === asked);
  if (version && (!version.isDeleted || query.get('include_deleted') === 'true')) return version;
  throw new Refusal(404, 'Server version not found');
}
