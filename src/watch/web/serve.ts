import { limitConnections } from '../../gateway/front/connection-limit.ts';
import { refuseStranger } from '../../gateway/front/http-guard.ts';
import { openHttpServer } from '../../gateway/front/http-listen.ts';
import { refuseWith } from './answers.ts';
import type { Dashboard } from './dashboard.ts';

export interface ServeOptions {
  readonly dashboard: Dashboard;
  /** 0: one the system picks. */
  readonly port: number;
}

export interface ServedPages {
  /** Ends in a slash. */
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const MOST_CONNECTIONS = 64;

/** Serves the pages on this machine alone. @throws PORT_BUSY */
export async function servePages({ dashboard, port }: ServeOptions): Promise<ServedPages> {
  const again = (free: number): string => `mcpctl watch --web --port ${free}`;
  const { server, port: bound } = await openHttpServer({ host: HOST, port, again });
  const { isTooMany } = limitConnections(server, MOST_CONNECTIONS);
  server.on('request', (request, response) => {
    const stranger = refuseStranger(request.headers, HOST);
    if (isTooMany(request.socket)) {
      const headers = { connection: 'close', 'retry-after': '1' };
      refuseWith(response, 503, { code: 'SERVER_BUSY', message: 'There are too many connections.' }, headers);
    } else if (stranger !== undefined) {
      refuseWith(response, 403, { code: 'ADDRESS_REFUSED', message: stranger });
    } else dashboard.handle(request, response);
  });
  // Whoever only looks keeps no process alive.
  server.unref();
  return {
    url: `http://${HOST}:${bound}/`,
    async close() {
      dashboard.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
