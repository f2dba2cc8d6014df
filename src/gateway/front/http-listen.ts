import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSystemError, McpctlError } from '../../core/errors.ts';
import { Reply, type ReplyServer } from './reply.ts';

/** How long a client may take for what it sends, and between two requests; in milliseconds. */
const TIMES = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 65_000 } as const;
/** How often those are looked at. */
const CHECK_MS = 2000;

export interface HttpPlace {
  readonly host: string;
  /** 0: one the system picks. */
  readonly port: number;
  /** The command that would listen on another port. */
  again(port: number): string;
}

/**
 * A server that listens, and closes on whoever sends what is no HTTP; its `request` listener is added by the caller at
 * once. @throws PORT_BUSY, and USAGE where the host is none of this machine.
 */
export async function openHttpServer(place: HttpPlace): Promise<{ server: ReplyServer; port: number }> {
  const server = createServer({ ...TIMES, connectionsCheckingInterval: CHECK_MS, ServerResponse: Reply });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = STATUS_OF[error.code ?? ''] ?? '400 Bad Request';
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    else socket.destroy();
  });
  await listenOn(server, place);
  return { server, port: (server.address() as AddressInfo).port };
}

const STATUS_OF: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

async function listenOn(server: ReplyServer, { host, port, again }: HttpPlace): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    if (isSystemError(error, 'EADDRINUSE')) {
      throw new McpctlError('PORT_BUSY', `Something else listens on ${host}, port ${port}.`, {
        hint: again(port + 1),
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
