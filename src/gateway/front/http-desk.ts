import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { limitConnections } from './connection-limit.ts';
import { refuseStranger } from './http-guard.ts';
import type { HttpFrontOptions } from './http-options.ts';
import { plain, refuse } from './http-reply.ts';
import { createMcpEndpoint, type McpEndpoint } from './mcp-endpoint.ts';
import { challenge, showMetrics } from './metrics-endpoint.ts';

/** Decides who may ask, and who answers. */
export interface HttpDesk {
  handle(request: IncomingMessage, response: ServerResponse): void;
  readonly endpoint: Pick<McpEndpoint, 'sweep' | 'close' | 'drain'>;
}

export function createHttpDesk(options: HttpFrontOptions, server: Server): HttpDesk {
  const { hub, host, limits, only: alone, principalOf, metrics } = options;
  const endpoint = createMcpEndpoint(options);
  const { isTooMany } = limitConnections(server, limits.maxConnections);
  let isDraining = false;

  /** Answers what does not depend on who asks; false when it does. */
  const answersAll = (request: IncomingMessage, response: ServerResponse, path: string): boolean => {
    const stranger = refuseStranger(request.headers, host);
    if (isTooMany(request.socket)) {
      const headers = { connection: 'close', 'retry-after': '1' };
      refuse(response, 503, 'The gateway has too many connections.', { headers });
    } else if (stranger !== undefined) refuse(response, 403, stranger);
    else if (path === '/livez') plain(response, 200, 'ok\n');
    else if (path === '/readyz') plain(response, isDraining ? 503 : 200, isDraining ? 'stopping\n' : 'ok\n');
    else if (path === '/metrics' || ENDPOINT.test(path)) return false;
    else refuse(response, 404, 'The endpoint is /mcp.');
    return true;
  };
  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    if (answersAll(request, response, path)) return;
    const { authorization, traceparent } = request.headers;
    const principal = await principalOf(authorization);
    if (principal === undefined) return challenge(response, authorization);
    if (path === '/metrics') return await showMetrics(request, response, metrics);
    const name = ENDPOINT.exec(path)?.[1];
    if (name !== undefined && !hub.servers().some((server) => server.name === name)) {
      return refuse(response, 404, 'There is no such server.');
    }
    const only = name ?? alone;
    await endpoint.answer(request, response, {
      principal,
      ...(only !== undefined && { only }),
      ...(typeof traceparent === 'string' && { traceparent }),
    });
  };
  return {
    handle(request, response) {
      // Whoever hangs up while we write is no failure of ours.
      response.on('error', () => {});
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

/** `/mcp`, or `/mcp/<server>`. */
const ENDPOINT = /^\/mcp(?:\/([^/]+))?\/?$/;
