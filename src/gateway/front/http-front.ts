import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSystemError, McpctlError } from '../../core/errors.ts';
import { createHttpDesk } from './http-desk.ts';
import type { HttpFrontOptions } from './http-options.ts';
import { within } from './within.ts';

export interface HttpFront {
  readonly port: number;
  /** Ends what a principal has under way here. */
  dismiss(principal: string): void;
  /** Takes no new work, waits until the old is done, at most so long, and closes every connection. */
  drain(patienceMs: number): Promise<void>;
}

/** How long a client may take for what it sends, and between two requests; in milliseconds. */
const TIMES = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 65_000 } as const;
/** How often those are looked at. */
const CHECK_MS = 2000;
/** How often open streams hear that we are there. */
const KEEP_ALIVE_MS = 15_000;

/** Serves clients over HTTP. @throws GATEWAY_PORT_BUSY, and USAGE where the host is none of this machine. */
export async function listenHttp(options: HttpFrontOptions): Promise<HttpFront> {
  const { host, port, limits } = options;
  const server = createServer({ ...TIMES, connectionsCheckingInterval: CHECK_MS });
  const { handle, endpoint } = createHttpDesk(options, server);
  server.on('request', handle);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = STATUS_OF[error.code ?? ''] ?? '400 Bad Request';
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    else socket.destroy();
  });
  await listenOn(server, host, port);
  const idle = limits.sessionIdleMs > 0 ? limits.sessionIdleMs / 2 : KEEP_ALIVE_MS;
  const sweeps = setInterval(endpoint.sweep, Math.min(KEEP_ALIVE_MS, Math.max(100, idle))).unref();
  return {
    port: (server.address() as AddressInfo).port,
    dismiss: endpoint.close,
    async drain(patienceMs) {
      clearInterval(sweeps);
      await within(patienceMs, endpoint.drain());
      endpoint.close();
      // Answers that were just written leave first.
      await within(FLUSH_MS, new Promise((resolve) => server.close(resolve)));
      server.closeAllConnections();
    },
  };
}

const FLUSH_MS = 500;

const STATUS_OF: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

async function listenOn(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    if (isSystemError(error, 'EADDRINUSE')) {
      throw new McpctlError('GATEWAY_PORT_BUSY', `Something else listens on ${host}, port ${port}.`, {
        hint: `mcpctl gateway --http --port ${port + 1}`,
        cause: error,
        data: { host, port },
      });
    }
    if (!isSystemError(error, 'EADDRNOTAVAIL', 'ENOTFOUND', 'EACCES', 'EAI_AGAIN')) throw error;
    throw new McpctlError('USAGE', `Nobody can listen on ${host}, port ${port}: ${error.code}.`, {
      hint: 'Leave --host out or name an address of this machine; ports below 1024 belong to the administrator.',
      cause: error,
    });
  }
}
