import type { IncomingMessage } from 'node:http';
import { refuseStranger } from './http-guard.ts';
import { type HttpPlace, openHttpServer } from './http-listen.ts';
import type { HttpFrontOptions } from './http-options.ts';
import { refuse } from './http-reply.ts';
import { challenge, showMetrics } from './metrics-endpoint.ts';
import type { Reply } from './reply.ts';

export interface MetricsFrontOptions extends HttpPlace {
  metrics: NonNullable<HttpFrontOptions['metrics']>;
  /** Whose bearer token it is, where one is wanted. */
  principalOf?: HttpFrontOptions['principalOf'];
}

export interface MetricsFront {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `/metrics` and nothing else. @throws PORT_BUSY, USAGE */
export async function serveMetrics(options: MetricsFrontOptions): Promise<MetricsFront> {
  const { host, metrics, principalOf } = options;
  const { server, port } = await openHttpServer(options);
  const answer = async (request: IncomingMessage, response: Reply): Promise<void> => {
    const [path] = (request.url ?? '/').split('?', 1);
    const stranger = refuseStranger(request.headers, host);
    if (stranger !== undefined) return refuse(response, 403, stranger);
    if (path !== '/metrics') return refuse(response, 404, 'The metrics are at /metrics.');
    const { authorization } = request.headers;
    if (principalOf && (await principalOf(authorization)) === undefined)
      return challenge(response, authorization);
    await showMetrics(request, response, metrics);
  };
  server.on('request', (request, response) => {
    response.on('error', () => {});
    answer(request, response).catch(() => refuse(response, 500, 'The metrics could not be collected.'));
  });
  return {
    port,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
