import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  type McpServer,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import { createGate } from './access.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { Serving } from './serving.ts';

interface HttpOptions {
  readonly config: Config;
  readonly factory: () => McpServer;
  readonly log: Log;
}

/** Largest request, in bytes. */
const MAX_BODY = 1_048_576;

/** Milliseconds a client has for its headers. */
const HEADERS_MS = 15_000;

export interface HttpHandler {
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/** Answers `/mcp` and `/healthz`, as a web-standard handler. */
export function createHttpHandler({ config, factory, log }: HttpOptions): HttpHandler {
  const mcp = createMcpHandler(factory, {
    maxRequestBodySize: MAX_BODY,
    onerror: (error) => log.warn('protocol', { error: error.message }),
  });
  const gate = createGate(config);
  const hosts = [...localhostAllowedHostnames(), ...config.MCP_ALLOWED_HOSTS];
  const origins = [...localhostAllowedOrigins(), ...config.MCP_ALLOWED_HOSTS];
  return {
    close: () => mcp.close(),
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === '/healthz') return Response.json({ status: 'ok' });
      // A web page must not reach a server of the machine it is shown on.
      const refused =
        hostHeaderValidationResponse(request, hosts) ?? originValidationResponse(request, origins);
      if (refused) return refused;
      const metadata = await gate.metadata(request);
      if (metadata) return metadata;
      if (pathname !== '/mcp') return Response.json({ error: 'not found' }, { status: 404 });
      const caller = await gate.admit(request);
      if (caller instanceof Response) return caller;
      return await mcp.fetch(request, caller ? { authInfo: caller } : {});
    },
  };
}

/** Listens on the configured address. */
export async function serveHttp(options: HttpOptions): Promise<Serving & { readonly url: string }> {
  const { config, log } = options;
  const handler = createHttpHandler(options);
  const listener = toNodeHandler(handler, {
    maxRequestBodySize: MAX_BODY,
    onerror: (error) => log.error('http', { error: error.message }),
  });
  const server = createHttpServer({ headersTimeout: HEADERS_MS }, (request, response) => {
    void listener(request, response);
  });
  server.listen(config.MCP_PORT, config.MCP_HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://${config.MCP_HOST.includes(':') ? `[${config.MCP_HOST}]` : config.MCP_HOST}:${port}/mcp`;
  log.info('ready', { transport: 'http', url });
  return {
    url,
    ended: new Promise(() => {}),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await handler.close();
      await closed;
    },
  };
}
