import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerRpc, type Rpc, type RpcAnswer, TOOLS } from './protected-tools.ts';
import { type RecordedRequest, recordRequest } from './record.ts';

/** Whose token it is; undefined for every token that is not good. */
export type Verify = (token: string) => Promise<TokenOwner | undefined>;

export interface TokenOwner {
  readonly subject: string;
  readonly audience?: readonly string[];
  readonly scopes: readonly string[];
}

export interface ProtectedServerOptions {
  /** Issuers its metadata names. */
  readonly issuers: readonly string[];
  readonly verify: Verify;
  /** Where the metadata is: named in the challenge (default), or only at the path-inserted or the root place, or nowhere. */
  readonly metadata?: 'header' | 'inserted' | 'root' | 'none';
  /** `resource` of the metadata and audience of its tokens; its address by default. */
  readonly resource?: (origin: string) => string;
  /** Sessions as of 2025-11-25 (default), stateless answers, or the event stream of 2024-11-05. */
  readonly transport?: 'sessions' | 'stateless' | 'sse';
  /** What each tool wants beyond a good token; `admin_thing` wants `admin` by default. */
  readonly toolScopes?: Readonly<Record<string, string>>;
  /** `scope` of the first challenge. */
  readonly challengeScope?: string;
  /** `read write` by default; none: its metadata says nothing of scopes. */
  readonly scopesSupported?: readonly string[];
  /** Tools of `toolScopes` refused for ever, whatever the token may. */
  readonly neverEnough?: boolean;
  readonly port?: number;
  /** Path of the address; `/mcp` by default. */
  readonly path?: string;
  /** Where the world sees it, through a `startInternet`; loopback by default. */
  readonly publicOrigin?: string;
}

export interface ProtectedServer {
  /** Its address, as written in a manifest. */
  readonly url: string;
  readonly origin: string;
  /** Where it listens on this machine. */
  readonly port: number;
  /** Everything that arrived, in order. */
  readonly requests: readonly RecordedRequest[];
  /** `Authorization` of every request that had one. */
  tokens(): string[];
  /** Replaces members of its metadata from now on. */
  describe(changes: Readonly<Record<string, unknown>>): void;
  /** Replaces parameters of its challenges from now on. */
  challenge(changes: Readonly<Record<string, string>>): void;
  /** Refuses these tokens from now on. */
  refuse(refused: (token: string) => boolean): void;
  readonly close: () => Promise<void>;
}

/** A remote MCP server on loopback that serves only who has a token for it (RFC 6750, 9728). */
export async function startProtectedServer(options: ProtectedServerOptions): Promise<ProtectedServer> {
  const { path = '/mcp' } = options;
  const requests: RecordedRequest[] = [];
  let handle: RequestListener = () => undefined;
  const server = createServer((request, response) => handle(request, response));
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = options.publicOrigin ?? `http://127.0.0.1:${port}`;
  const url = `${origin}${path}`;
  const resource = options.resource?.(origin) ?? url;
  const place: Place = { options, origin, path, resource, challenge: {} };
  let changes: Readonly<Record<string, unknown>> = {};
  let isRefused = (_token: string): boolean => false;
  const streams = new Map<string, ServerResponse>();
  handle = async (incoming, response) => {
    const request = await recordRequest(incoming);
    requests.push(request);
    response.on('finish', () => {
      request.answer = { status: response.statusCode, headers: {}, body: '' };
    });
    if (metadataPath(place) === request.path) return json(response, 200, { ...metadata(place), ...changes });
    if (![path, '/messages'].includes(request.path)) return json(response, 404, { error: 'not found' });
    const owner = await ownerOf(request, { place, isRefused });
    if (!owner) return challenge(response, place);
    await serve({ request, response, owner, place, streams });
  };
  return {
    url,
    origin,
    port,
    requests,
    tokens: () => requests.flatMap(({ headers }) => headers.authorization ?? []),
    describe: (next) => {
      changes = next;
    },
    challenge: (next) => {
      place.challenge = next;
    },
    refuse: (next) => {
      isRefused = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Place {
  readonly options: ProtectedServerOptions;
  readonly origin: string;
  readonly path: string;
  readonly resource: string;
  challenge: Readonly<Record<string, string>>;
}

interface Serving {
  readonly request: RecordedRequest;
  readonly response: ServerResponse;
  readonly owner: TokenOwner;
  readonly place: Place;
  readonly streams: Map<string, ServerResponse>;
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

function metadataPath({ options: { metadata = 'header' }, path }: Place): string | undefined {
  if (metadata === 'none') return undefined;
  if (metadata === 'header') return '/metadata-of-this-server';
  return metadata === 'root' ? WELL_KNOWN : `${WELL_KNOWN}${path}`;
}

function metadata({ options, resource }: Place): object {
  const { scopesSupported = ['read', 'write'] } = options;
  const scopes = scopesSupported.length > 0 && { scopes_supported: scopesSupported };
  return {
    resource,
    authorization_servers: options.issuers,
    bearer_methods_supported: ['header'],
    ...scopes,
  };
}

async function ownerOf(
  { headers, query }: RecordedRequest,
  { place, isRefused }: { place: Place; isRefused: (token: string) => boolean },
): Promise<TokenOwner | undefined> {
  const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
  if (token === undefined || query.has('access_token') || isRefused(token)) return undefined;
  const owner = await place.options.verify(token);
  return !owner?.audience || owner.audience.includes(place.resource) ? owner : undefined;
}

function challenge(response: ServerResponse, place: Place, more: Record<string, string> = {}): void {
  const { metadata: where = 'header', challengeScope } = place.options;
  const parameters: Record<string, string> = {
    ...(where === 'header' && { resource_metadata: `${place.origin}${metadataPath(place)}` }),
    ...(challengeScope && { scope: challengeScope }),
    ...more,
    ...place.challenge,
  };
  const list = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  response.setHeader('www-authenticate', list.length > 0 ? `Bearer ${list.join(', ')}` : 'Bearer');
  json(response, more.error === 'insufficient_scope' ? 403 : 401, { error: more.error ?? 'unauthorized' });
}

async function serve(serving: Serving): Promise<void> {
  const { request, response, owner, place, streams } = serving;
  const { transport = 'sessions' } = place.options;
  if (request.method === 'GET' && transport === 'sse') return openStream(response, streams);
  if (request.method === 'DELETE') return json(response, 200, {});
  if (request.method !== 'POST') return void response.writeHead(405).end();
  const call = JSON.parse(request.text) as Rpc;
  const wanted = missingScope(call, owner, place.options);
  if (wanted) return challenge(response, place, { error: 'insufficient_scope', scope: wanted });
  const reply = answerRpc(call, owner);
  if (transport === 'sse') return sendOnStream(reply, serving);
  if (!reply) return void response.writeHead(202).end();
  if (transport === 'sessions' && call.method === 'initialize') {
    response.setHeader('mcp-session-id', crypto.randomUUID());
  }
  json(response, 200, reply);
}

function missingScope(call: Rpc, owner: TokenOwner, options: ProtectedServerOptions): string | undefined {
  if (call.method !== 'tools/call') return undefined;
  const wanted = (options.toolScopes ?? { [TOOLS.admin]: 'admin' })[String(call.params?.name)];
  if (wanted === undefined) return undefined;
  const has = wanted.split(' ').every((scope) => owner.scopes.includes(scope));
  return has && !options.neverEnough ? undefined : wanted;
}

function openStream(response: ServerResponse, streams: Map<string, ServerResponse>): void {
  const id = crypto.randomUUID();
  streams.set(id, response);
  response.on('close', () => streams.delete(id));
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.write(`event: endpoint\ndata: /messages?sessionId=${id}\n\n`);
}

function sendOnStream(reply: RpcAnswer | undefined, { request, response, streams }: Serving): void {
  const stream = streams.get(request.query.get('sessionId') ?? '');
  json(response, stream ? 202 : 404, {});
  if (reply) stream?.write(`event: message\ndata: ${JSON.stringify(reply)}\n\n`);
}

function json(response: ServerResponse, status: number, body: object): void {
  response.setHeader('content-type', 'application/json');
  response.statusCode = status;
  response.end(JSON.stringify(body));
}
