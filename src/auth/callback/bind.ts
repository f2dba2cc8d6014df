import { get, type Server } from 'node:http';
import { isSystemError, McpctlError } from '../../core/errors.ts';
import type { CallbackPlace } from '../sign-in-settings.ts';
import { SIGN_IN_MARK } from './judge.ts';

/** A second family may find the port taken that the system picked for the first. */
const ATTEMPTS = 10;

/**
 * Listens on the loopback addresses of the place, all with one port, and returns that port. `localhost` means both
 * families, because a browser may take either. Throws CALLBACK_PORT_BUSY.
 */
export async function bindLoopback(place: CallbackPlace, makeServer: () => Server): Promise<Bound> {
  for (let attempt = 1; ; attempt += 1) {
    const servers: Server[] = [];
    try {
      const port = await bindAll(place, servers, makeServer);
      return { port, servers };
    } catch (error) {
      for (const server of servers) server.close();
      if (!isSystemError(error, 'EADDRINUSE', 'EACCES')) throw error;
      if (place.port === undefined && attempt < ATTEMPTS) continue;
      throw await portBusy(error, place);
    }
  }
}

export interface Bound {
  readonly port: number;
  readonly servers: readonly Server[];
}

async function bindAll(place: CallbackPlace, servers: Server[], makeServer: () => Server): Promise<number> {
  const open = async (address: string, port: number): Promise<number> => {
    const server = makeServer();
    const bound = await listen(server, address, port);
    servers.push(server);
    return bound;
  };
  const port = await open('127.0.0.1', place.port ?? 0);
  if (place.host === 'localhost') {
    await open('::1', port).catch((error) => {
      if (!isSystemError(error, 'EADDRNOTAVAIL', 'EAFNOSUPPORT')) throw error;
    });
  }
  return port;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      // A connection that could not be accepted is the other side's loss; the listener lives on.
      server.on('error', () => {});
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

async function portBusy(error: NodeJS.ErrnoException, { port = 0 }: CallbackPlace): Promise<McpctlError> {
  const details = { cause: error, data: { port } };
  if (error.code === 'EACCES') {
    return new McpctlError('CALLBACK_PORT_BUSY', `The system does not let mcpctl listen on port ${port}.`, {
      ...details,
      hint: 'Register a redirect address with a port above 1024 at the vendor, and set it as "callbackPort".',
    });
  }
  const ours = await isSignIn(port);
  return new McpctlError(
    'CALLBACK_PORT_BUSY',
    ours
      ? `Another mcpctl sign-in is waiting on port ${port}.`
      : `Port ${port}, where the browser must come back to, is used by another program.`,
    {
      ...details,
      hint: ours
        ? 'Finish or stop that sign-in, then run the command again.'
        : `End the program that uses it, then run the command again. To see which it is: lsof -i :${port} (Windows: netstat -ano | findstr :${port})`,
    },
  );
}

const ASK_MS = 500;

/** Whether the listener of a sign-in answers on the port. */
function isSignIn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/', timeout: ASK_MS, agent: false }, (response) => {
      response.destroy();
      resolve(response.headers.server === SIGN_IN_MARK);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
