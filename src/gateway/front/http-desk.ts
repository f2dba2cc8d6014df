import type { IncomingMessage } from 'node:http';
import { limitConnections } from './connection-limit.ts';
import { refuseStranger } from './http-guard.ts';
import type { HttpFrontOptions } from './http-options.ts';
import { plain, refuse } from './http-reply.ts';
import type { Caller } from './legacy-endpoint.ts';
import { createMcpEndpoint, type McpEndpoint } from './mcp-endpoint.ts';
import { challenge, showMetrics } from './metrics-endpoint.ts';
import type { Reply, ReplyServer } from './reply.ts';

/** Decides who may ask, and who answers. */
export interface HttpDesk {
  handle(request: IncomingMessage, response: Reply): void;
  readonly endpoint: Pick<McpEndpoint, 'sweep' | 'close' | 'drain'>;
}

export function createHttpDesk(options: HttpFrontOptions, server: ReplyServer): HttpDesk {
  const { hub, host, limits, only: alone, principalOf, profiles, metrics, pages } = options;
  const endpoint = createMcpEndpoint(options);
  const { isTooMany } = limitConnections(server, limits.maxConnections);
  let isDraining = false;

  /** Answers what does not depend on who asks; false when it does. */
  const answersAll = (
    request: IncomingMessage,
    response: Reply,
    { path, isForKnown }: { readonly path: string; readonly isForKnown: boolean },
  ): boolean => {
    const stranger = refuseStranger(request.headers, host);
    if (isTooMany(request.socket)) {
      const headers = { connection: 'close', 'retry-after': '1' };
      refuse(response, 503, 'The gateway has too many connections.', { headers });
    } else if (stranger !== undefined) refuse(response, 403, stranger);
    else if (isForKnown) return false;
    else if (path === '/livez') plain(response, 200, 'ok\n');
    else if (path === '/readyz') plain(response, isDraining ? 503 : 200, isDraining ? 'stopping\n' : 'ok\n');
    else if (!pages?.(request, response)) refuse(response, 404, 'The endpoint is /mcp.');
    return true;
  };
  /** Who asks, for what part of what is offered; or why that is no part of it. */
  const callerOf = (
    { url = '/', headers: { traceparent } }: IncomingMessage,
    principal: string,
    name: string | undefined,
  ): Caller | string => {
    if (name !== undefined && !hub.servers().some((server) => server.name === name)) {
      return 'There is no such server.';
    }
    const asked = profileIn(url);
    if (asked !== undefined && !profiles?.mayHave(principal, asked)) return 'There is no such profile.';
    return {
      principal,
      only: name ?? alone,
      profile: asked ?? profiles?.usual(principal),
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    };
  };
  const route = async (request: IncomingMessage, response: Reply): Promise<void> => {
    const { url = '/' } = request;
    const path = url.includes('?') ? url.slice(0, url.indexOf('?')) : url;
    const endpointPath = ENDPOINT.exec(path);
    const isForKnown = endpointPath !== null || path === '/metrics';
    if (answersAll(request, response, { path, isForKnown })) return;
    const { authorization } = request.headers;
    const known = principalOf(authorization);
    const principal = known instanceof Promise ? await known : known;
    if (principal === undefined) return challenge(response, authorization);
    if (path === '/metrics') {
      if (profiles?.isBound(principal)) return refuse(response, 403, 'This token is for a profile alone.');
      return await showMetrics(request, response, metrics);
    }
    const caller = callerOf(request, principal, endpointPath?.[1]);
    if (typeof caller === 'string') return refuse(response, 404, caller);
    await endpoint.answer(request, response, caller);
  };
  return {
    handle(request, response) {
      // Whoever hangs up while we write is no failure of ours.
      response.on('error', ignore);
      route(request, response).catch((error: unknown) => {
        options.failed(error);
        if (response.headersSent) response.destroy();
        else refuse(response, 500, 'The gateway failed at this request.', { code: -32603 });
      });
    },
    endpoint: {
      ...endpoint,
      async drain() {
        isDraining = true;
        await endpoint.drain();
      },
    },
  };
}

/** Of `/mcp?profile=<name>`. */
function profileIn(url: string): string | undefined {
  const query = url.indexOf('?');
  return query < 0 ? undefined : (new URLSearchParams(url.slice(query)).get('profile') ?? undefined);
}

function ignore(): void {}

/** `/mcp`, or `/mcp/<server>`. */
const ENDPOINT = /^\/mcp(?:\/([^/]+))?\/?$/;
