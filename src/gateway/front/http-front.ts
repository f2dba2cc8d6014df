import { within } from '../../core/within.ts';
import { createHttpDesk } from './http-desk.ts';
import { openHttpServer } from './http-listen.ts';
import type { HttpFrontOptions } from './http-options.ts';

export interface HttpFront {
  readonly port: number;
  /** Ends what a principal has under way here. */
  dismiss(principal: string): void;
  /** Takes no new work, waits until the old is done, at most so long, and closes every connection. */
  drain(patienceMs: number): Promise<void>;
}

/** How often open streams hear that we are there. */
const KEEP_ALIVE_MS = 15_000;

/** Serves clients over HTTP. @throws PORT_BUSY, and USAGE where the host is none of this machine. */
export async function listenHttp(options: HttpFrontOptions): Promise<HttpFront> {
  const { host, port, limits } = options;
  const again = (free: number): string => `mcpctl gateway --http --port ${free}`;
  const { server, port: bound } = await openHttpServer({ host, port, again });
  const { handle, endpoint } = createHttpDesk(options, server);
  server.on('request', handle);
  const idle = limits.sessionIdleMs > 0 ? limits.sessionIdleMs / 2 : KEEP_ALIVE_MS;
  const sweeps = setInterval(endpoint.sweep, Math.min(KEEP_ALIVE_MS, Math.max(100, idle))).unref();
  return {
    port: bound,
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
