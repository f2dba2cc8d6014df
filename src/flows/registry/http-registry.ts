import type { IncomingMessage } from 'node:http';
import { McpctlError } from '../../core/errors.ts';
import { limitConnections } from '../../gateway/front/connection-limit.ts';
import { readBody } from '../../gateway/front/http-body.ts';
import { hostnameOf, refuseStranger } from '../../gateway/front/http-guard.ts';
import { openHttpServer } from '../../gateway/front/http-listen.ts';
import { plain } from '../../gateway/front/http-reply.ts';
import type { Reply } from '../../gateway/front/reply.ts';
import {
  type ApiAnswer,
  type ApiRequest,
  type Principal,
  Refusal,
  refused,
} from '../../marketplace/api/exchange.ts';

export interface HttpRegistryOptions {
  readonly host: string;
  /** 0: one the system picks. */
  readonly port: number;
  /** Where clients reach it, when that is not what they connect to: behind a proxy. */
  readonly publicUrl?: URL;
  principalOf(authorization: string | undefined): Promise<Principal | undefined>;
  /** Undefined for a path that is none of its own. */
  answer(request: ApiRequest): Promise<ApiAnswer | undefined>;
  /** Gets failures nobody expected. */
  failed(error: unknown): void;
}

export interface HttpRegistry {
  readonly port: number;
  /** Takes no new requests, lets those under way finish for a moment, and closes. */
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 512;
const PATIENCE_MS = 5000;

/** Serves a registry over HTTP. @throws GATEWAY_PORT_BUSY, and USAGE where the host is none of this machine. */
export async function serveRegistry(options: HttpRegistryOptions): Promise<HttpRegistry> {
  const { host, port, failed } = options;
  const again = (free: number): string => `mcpctl registry serve --port ${free}`;
  const { server, port: bound } = await openHttpServer({ host, port, again });
  const { isTooMany } = limitConnections(server, MOST_CONNECTIONS);
  let isStopping = false;
  server.on('request', (request, response) => {
    response.on('error', () => {});
    const path = pathOf(request);
    const refusal = isTooMany(request.socket)
      ? new Refusal(503, 'Too many connections', { connection: 'close', 'retry-after': '1' })
      : refuseForeign(request, options);
    if (refusal) return write(response, request, refused(refusal));
    if (path === '/livez') return plain(response, 200, 'ok\n');
    if (path === '/readyz' && isStopping) return plain(response, 503, 'stopping\n');
    answer(request, response, options).catch((error: unknown) => {
      if (!(error instanceof McpctlError)) failed(error);
      if (response.headersSent || response.destroyed) return void response.destroy();
      write(response, request, refused(refusalFor(error)));
    });
  });
  return {
    port: bound,
    async close() {
      isStopping = true;
      const timer = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      clearTimeout(timer);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: Reply,
  options: HttpRegistryOptions,
): Promise<void> {
  const asked = asApiRequest(request, options);
  const given = await options.answer(asked.path === '/readyz' ? { ...asked, path: '/v0.1/health' } : asked);
  write(response, request, given ?? refused(new Refusal(404, 'There is nothing here')));
}

function asApiRequest(request: IncomingMessage, { publicUrl, principalOf }: HttpRegistryOptions): ApiRequest {
  const { method = 'GET', url = '/', headers } = request;
  const at = url.indexOf('?');
  const base = publicUrl ? publicUrl.href.replace(/\/$/, '') : `http://${headers.host}`;
  return {
    method,
    path: pathOf(request),
    query: new URLSearchParams(at === -1 ? '' : url.slice(at + 1)),
    ifNoneMatch: headers['if-none-match'],
    base,
    principal: async () => await principalOf(headers.authorization),
    body: async (maxBytes) => await readBody(request, maxBytes),
  };
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

/**
 * A page of another site may read what the API gives everybody, so its Origin is no reason to refuse; but no name that
 * was made to lead here may be used, and nothing is changed for another site.
 */
function refuseForeign(
  { method, headers }: IncomingMessage,
  { host, publicUrl }: HttpRegistryOptions,
): Refusal | undefined {
  const isRead = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
  const isPublic = publicUrl !== undefined && hostnameOf(headers.host ?? '') === hostnameOf(publicUrl.host);
  const isOwnPage = publicUrl !== undefined && headers.origin === publicUrl.origin;
  const { origin: _, ...withoutOrigin } = headers;
  const asked = isRead || isOwnPage ? withoutOrigin : headers;
  const stranger = refuseStranger(isPublic ? { ...asked, host } : asked, host);
  return stranger === undefined ? undefined : new Refusal(403, stranger, { connection: 'close' });
}

function refusalFor(error: unknown): Refusal {
  if (error instanceof McpctlError && error.code === 'STORE_UNREACHABLE') {
    return new Refusal(503, 'The registry cannot reach what it keeps; try again', { 'retry-after': '5' });
  }
  return new Refusal(500, 'The registry failed at this request');
}

function write(response: Reply, { method }: IncomingMessage, { status, headers, body }: ApiAnswer): void {
  if (response.headersSent || response.destroyed) return;
  const hasNoBody = status === 204 || status === 304;
  const length: Record<string, string> = hasNoBody ? {} : { 'content-length': String(body.length) };
  response.begin(status, { 'x-content-type-options': 'nosniff', ...length, ...headers });
  response.end(method === 'HEAD' || hasNoBody ? undefined : body);
}
