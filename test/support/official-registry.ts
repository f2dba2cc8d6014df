import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const OFFICIAL = 'io.modelcontextprotocol.registry/official';

// biome-ignore lint/suspicious/noExplicitAny: entries may be anything, that is the point.
export type ListEntry = any;

export interface Asked {
  readonly query: Record<string, string>;
  readonly ifNoneMatch: string | undefined;
  readonly status: number;
}

export interface OfficialRegistry {
  readonly url: string;
  /** Every request so far. */
  readonly asked: Asked[];
  /** What it lists, by name; may be changed. */
  entries: ListEntry[];
  /** The next answers have these statuses, each with what it asks to wait. */
  readonly failing: { status: number; retryAfter?: string }[];
  /** Requests from this one on are not answered; undefined for none. */
  hangsFrom: number | undefined;
  close(): Promise<void>;
}

/**
 * Lists servers as the official registry does (API v0.1): only what its description allows may be asked, pages follow
 * an opaque cursor, answers have tags. Everything that is wrong with a request is an error, nothing is guessed.
 */
export async function officialRegistry(entries: ListEntry[]): Promise<OfficialRegistry> {
  const registry: Omit<OfficialRegistry, 'url' | 'close'> = {
    asked: [],
    entries,
    failing: [],
    hangsFrom: undefined,
  };
  const server = createServer((request, response) => answer(registry, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(registry, {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

const ALLOWED = new Set(['cursor', 'limit', 'search', 'updated_since', 'version', 'include_deleted']);

interface Reply {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Record<string, string>;
}

function answer(
  registry: Omit<OfficialRegistry, 'url' | 'close'>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { asked, hangsFrom, failing } = registry;
  const url = new URL(request.url ?? '/', 'http://registry');
  const facts = {
    query: Object.fromEntries(url.searchParams),
    ifNoneMatch: request.headers['if-none-match'],
  };
  if (hangsFrom !== undefined && asked.length >= hangsFrom) {
    asked.push({ ...facts, status: 0 });
    return;
  }
  const failure = failing.shift();
  const { status, body, headers } = failure
    ? failed(failure)
    : (refusalOf(request, url) ?? listed(registry.entries, facts));
  asked.push({ ...facts, status });
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body && JSON.stringify(body));
}

function failed({ status, retryAfter }: OfficialRegistry['failing'][number]): Reply {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return { status, body: { error: 'try again' }, headers };
}

function refused(error: string, status = 400): Reply {
  return { status, body: { error } };
}

function refusalOf({ method, headers }: IncomingMessage, { pathname, searchParams }: URL): Reply | undefined {
  if (pathname !== '/v0.1/servers') return refused('Not found', 404);
  if (method !== 'GET') return refused('Method not allowed', 405);
  if (!headers.accept?.includes('application/json')) return refused('Not acceptable', 406);
  const unknown = [...searchParams.keys()].find((name) => !ALLOWED.has(name));
  return unknown === undefined ? undefined : refused(`Unknown parameter ${unknown}`);
}

function listed(
  entries: readonly ListEntry[],
  { query, ifNoneMatch }: { query: Record<string, string>; ifNoneMatch: string | undefined },
): Reply {
  const limit = Number(query.limit ?? 30);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) return refused('Invalid limit');
  const since = query.updated_since === undefined ? undefined : Date.parse(query.updated_since);
  if (since !== undefined && (Number.isNaN(since) || !/T.*Z$/.test(query.updated_since ?? '')))
    return refused('Invalid updated_since');
  const from = query.cursor === undefined ? 0 : placeIn(query.cursor);
  if (from === undefined) return refused('Invalid cursor');
  const chosen = since === undefined ? entries : entries.filter((each) => changedAt(each) >= since);
  const servers = chosen.slice(from, from + limit);
  const next = from + limit < chosen.length ? { nextCursor: cursorOf(from + limit) } : {};
  const body = { servers, metadata: { count: servers.length, ...next } };
  const etag = `W/"${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 20)}"`;
  return ifNoneMatch === etag ? { status: 304, headers: { etag } } : { status: 200, body, headers: { etag } };
}

function cursorOf(place: number): string {
  return Buffer.from(`after:${place}`).toString('base64url');
}

function placeIn(cursor: string): number | undefined {
  const [, place] = /^after:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return place === undefined ? undefined : Number(place);
}

/** What has no date never changed. */
function changedAt(entry: ListEntry): number {
  const at = entry?._meta?.[OFFICIAL]?.updatedAt;
  return typeof at === 'string' ? Date.parse(at) : 0;
}

export interface EntryOptions {
  readonly status?: string;
  readonly updatedAt?: string;
  readonly isLatest?: boolean;
  readonly statusMessage?: string;
}

/** An entry of a list, by the schema of 2025-12-11. */
export function listEntry(
  name: string,
  but: Record<string, unknown> = {},
  meta: EntryOptions = {},
): ListEntry {
  const { updatedAt = '2026-10-01T08:00:00Z', status = 'active', isLatest = true, ...more } = meta;
  return {
    server: {
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
      name,
      description: `What ${name.split('/')[1]} does.`,
      version: '1.0.0',
      packages: [
        {
          registryType: 'npm',
          identifier: `@${name.split('/')[0]?.split('.').at(-1)}/${name.split('/')[1]}`.toLowerCase(),
          version: '1.0.0',
          transport: { type: 'stdio' },
        },
      ],
      ...but,
    },
    _meta: {
      [OFFICIAL]: {
        status,
        publishedAt: updatedAt,
        statusChangedAt: updatedAt,
        updatedAt,
        isLatest,
        ...more,
      },
    },
  };
}

export interface MadeList {
  readonly entries: ListEntry[];
  /** How many there are of each kind. */
  readonly made: Record<
    'sound' | 'deprecated' | 'deleted' | 'duplicates' | 'older' | 'unusable' | 'broken',
    number
  >;
}

const THINGS = [
  'invoice',
  'weather',
  'calendar',
  'ledger',
  'parcel',
  'sensor',
  'playlist',
  'recipe',
  'ticket',
  'quote',
];
const DEEDS = ['Reads', 'Searches', 'Creates', 'Archives', 'Translates', 'Compares', 'Schedules', 'Exports'];

const BROKEN: readonly (() => ListEntry)[] = [
  () => null,
  () => 'no entry',
  () => [],
  () => ({ _meta: {} }),
  () => ({ server: 'io.github.x/y' }),
  () => listEntry('no slash in it'),
  () => listEntry('io.github.a/b/c'),
  () => listEntry(`io.github.${'long'.repeat(60)}/x`),
  () => listEntry('io.github.bare/no-description', { description: undefined }),
  () => listEntry('io.github.bare/blank', { description: '  \u200b ' }),
  () => listEntry('io.github.bare/no-version', { version: 7 }),
  () => listEntry('io.github.bare/odd-status', {}, { status: 'sold' }),
  () => ({ server: { name: { toString: 1 } } }),
];

/** A long list as the official registry might have one: mostly sound, with all that goes wrong in such lists. */
export function longList(count: number): MadeList {
  const made = { sound: 0, deprecated: 0, deleted: 0, duplicates: 0, older: 0, unusable: 0, broken: 0 };
  const entries = Array.from({ length: count }, (_, at) => {
    const kind = kindAt(at);
    made[kind] += 1;
    const isDeprecated = kind === 'sound' && at % 60 === 15;
    if (isDeprecated) made.deprecated += 1;
    return madeEntry(at, kind, isDeprecated);
  });
  return { entries, made };
}

type Kind = Exclude<keyof MadeList['made'], 'deprecated'>;

function kindAt(at: number): Kind {
  if (at % 40 === 7) return 'broken';
  if (at % 50 === 11) return 'deleted';
  if (at % 50 === 12) return 'duplicates';
  if (at % 50 === 13) return 'older';
  return at % 100 === 14 ? 'unusable' : 'sound';
}

function nameAt(at: number): string {
  return `io.github.owner-${String(at).padStart(5, '0')}/${THINGS[at % THINGS.length]}-${at}`;
}

function madeEntry(at: number, kind: Kind, isDeprecated: boolean): ListEntry {
  const thing = THINGS[at % THINGS.length] ?? '';
  const updatedAt = new Date(Date.UTC(2026, 0, 1) + at * 600_000).toISOString();
  const stdio = { type: 'stdio' };
  const but = {
    title: `${thing} ${at}`,
    description: `${DEEDS[at % DEEDS.length]} every ${thing} of account ${at % 97}, and tells what changed.`,
    repository: { url: `https://github.com/owner-${at}/${thing}`, source: 'github' },
  };
  switch (kind) {
    case 'broken':
      return BROKEN[Math.floor(at / 40) % BROKEN.length]?.();
    case 'deleted':
      return listEntry(nameAt(at), but, { status: 'deleted', updatedAt });
    case 'duplicates':
      return listEntry(nameAt(at - 2), but, { updatedAt });
    case 'older':
      return listEntry(nameAt(at), { ...but, version: '0.9.0' }, { isLatest: false, updatedAt });
    case 'unusable': {
      const packages = [
        { registryType: 'nuget', identifier: 'Acme.Mcp', version: '1.0.0', transport: stdio },
      ];
      return listEntry(nameAt(at), { ...but, packages }, { updatedAt });
    }
    default: {
      const remotes = [{ type: 'streamable-http', url: `https://owner-${at}.example/mcp` }];
      const ways = at % 3 === 0 ? { packages: undefined, remotes } : {};
      const over = isDeprecated ? { status: 'deprecated', statusMessage: 'Nobody mends it.' } : {};
      return listEntry(nameAt(at), { ...but, ...ways }, { updatedAt, ...over });
    }
  }
}
