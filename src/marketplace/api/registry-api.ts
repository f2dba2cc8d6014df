import type { RegistryStore } from '../store/store.ts';
import { entryOf } from './entry.ts';
import { type ApiAnswer, type ApiRequest, json, Refusal, refused, withTag } from './exchange.ts';
import { findVersion, listServers, listVersions } from './list.ts';
import {
  changeOwners,
  changeStatus,
  countInstall,
  found,
  publish,
  rate,
  saveArtifact,
  type Writing,
} from './write.ts';

export interface RegistryApiOptions {
  readonly store: RegistryStore;
  readonly now: () => Date;
  /** Of mcpctl. */
  readonly version: string;
}

/** The registry API v0.1, and what this registry has besides. */
export interface RegistryApi {
  /** Undefined for a path that is none of its own. Refusals are answers. */
  answer(request: ApiRequest): Promise<ApiAnswer | undefined>;
}

type Handler = (request: ApiRequest, parts: Readonly<Record<string, string>>) => Promise<ApiAnswer>;

/** A name is one part with an encoded slash, or two: clients differ. */
const NAME = '(?<name>[^/]+?(?:%2[Ff]|/)[^/]+)';
const SERVERS = '^/v0(?:\\.1)?/servers';
const OWN = '^/v0(?:\\.1)?/x/mcpctl/servers';

interface Route {
  readonly pattern: RegExp;
  readonly methods: Readonly<Record<string, Handler>>;
}

export function createRegistryApi({ store, now, version: own }: RegistryApiOptions): RegistryApi {
  const writing: Writing = { store, now };
  const unsupported: Handler = async () => {
    throw new Refusal(501, 'A version never changes here; publish a new one, or change its status');
  };
  const routes: readonly Route[] = [
    {
      pattern: new RegExp(`${SERVERS}/?$`),
      methods: { GET: async ({ query, base }) => json(listServers(await store.read(), query, base)) },
    },
    {
      pattern: new RegExp(`${SERVERS}/${NAME}/versions/?$`),
      methods: {
        GET: async ({ query, base }, { name = '' }) =>
          json(listVersions(found(await store.read(), name), query, base)),
      },
    },
    {
      pattern: new RegExp(`${SERVERS}/${NAME}/versions/(?<version>[^/]+)$`),
      methods: {
        async GET({ query, base }, { name = '', version = '' }) {
          const server = found(await store.read(), name);
          return json(entryOf(server, findVersion(server, version, query), base));
        },
        PUT: unsupported,
        DELETE: unsupported,
      },
    },
    {
      pattern: new RegExp(`${SERVERS}/${NAME}/versions/(?<version>[^/]+)/status$`),
      methods: {
        PATCH: (request, { name = '', version = '' }) => changeStatus(request, writing, { name, version }),
      },
    },
    {
      pattern: new RegExp(`${SERVERS}/${NAME}/status$`),
      methods: { PATCH: (request, { name = '' }) => changeStatus(request, writing, { name }) },
    },
    { pattern: /^\/v0(?:\.1)?\/publish$/, methods: { POST: (request) => publish(request, writing) } },
    {
      pattern: new RegExp(`${OWN}/${NAME}/rating$`),
      methods: { PUT: (request, { name = '' }) => rate(request, writing, name) },
    },
    {
      pattern: new RegExp(`${OWN}/${NAME}/owners$`),
      methods: { PUT: (request, { name = '' }) => changeOwners(request, writing, name) },
    },
    {
      pattern: new RegExp(`${OWN}/${NAME}/versions/(?<version>[^/]+)/installs$`),
      methods: {
        POST: (request, { name = '', version = '' }) => countInstall(request, writing, { name, version }),
      },
    },
    {
      pattern: /^\/artifacts\/(?<sha256>[0-9a-f]{64})\/[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/,
      methods: {
        GET: (_, { sha256 = '' }) => readArtifact(store, sha256),
        PUT: (request, { sha256 = '' }) => saveArtifact(request, writing, sha256),
      },
    },
    {
      pattern: /^\/v0(?:\.1)?\/health$/,
      methods: {
        async GET() {
          await store.read();
          return json({ status: 'ok' });
        },
      },
    },
    { pattern: /^\/v0(?:\.1)?\/version$/, methods: { GET: async () => json({ version: own }) } },
  ];
  return {
    async answer(request) {
      for (const { pattern, methods } of routes) {
        const parts = pattern.exec(request.path);
        if (!parts) continue;
        const answer = await settle(request, methods, parts.groups ?? {});
        return isShared(request.path) ? { ...answer, headers: { ...answer.headers, ...CORS } } : answer;
      }
      if (!/^\/(v0(\.\d+)?|artifacts)(\/|$)/.test(request.path)) return undefined;
      return refused(new Refusal(404, 'There is nothing here', request.path.startsWith('/v0') ? CORS : {}));
    },
  };
}

async function settle(
  request: ApiRequest,
  methods: Route['methods'],
  raw: Readonly<Record<string, string>>,
): Promise<ApiAnswer> {
  const { method, ifNoneMatch } = request;
  const allowed = Object.keys(methods).flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
  try {
    if (method === 'OPTIONS') return { status: 204, headers: {}, body: new Uint8Array() };
    const handler = methods[method === 'HEAD' ? 'GET' : method];
    if (!handler) throw new Refusal(405, `Use ${allowed.join(', ')}`, { allow: allowed.join(', ') });
    const parts = Object.fromEntries(Object.entries(raw).map(([name, text]) => [name, decoded(text)]));
    const answer = await handler(request, parts);
    return method === 'GET' || method === 'HEAD' ? withTag(answer, ifNoneMatch) : answer;
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    throw error;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(400, 'The path is not encoded as it should be');
  }
}

/** Pages of any site may read what everybody may read. They may not write: no other method is allowed. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type',
  'access-control-expose-headers': 'ETag',
} as const;

function isShared(path: string): boolean {
  return /^\/v0(\.1)?\/(servers|health|version)/.test(path);
}

async function readArtifact(store: RegistryStore, sha256: string): Promise<ApiAnswer> {
  const body = await store.artifacts.read(sha256);
  if (!body) throw new Refusal(404, 'There is no such file');
  const headers = {
    'content-type': 'application/octet-stream',
    'content-disposition': 'attachment',
    'cache-control': 'public, max-age=31536000, immutable',
  };
  return { status: 200, headers, body };
}
