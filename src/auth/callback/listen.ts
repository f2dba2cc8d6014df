import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { CallbackPlace } from '../sign-in-settings.ts';
import { bindLoopback } from './bind.ts';
import { CallbackDesk } from './desk.ts';
import type { SignInOutcome } from './page.ts';

/** The loopback listener a browser comes back to after a sign-in. */
export interface CallbackServer {
  /** With the port that is really bound. */
  readonly redirectUri: string;
  /**
   * The first genuine redirect: GET, exact path, a loopback Host, this state. Whatever else arrives is refused and
   * the listener stays. Called again, e.g. after registering anew, it waits for the new state only. Rejects with the
   * signal's reason.
   */
  arrived(state: string, signal: AbortSignal): Promise<URL>;
  /** What the waiting browser sees, and each later one that comes with the same state. */
  answer(outcome: SignInOutcome): void;
  /** Sends what is still owed, then ends the listener and every connection. */
  close(): Promise<void>;
}

export interface ListenOptions {
  /** How long a browser is kept waiting for the result before it is sent to the terminal; 30 s by default. */
  readonly holdMs?: number;
}

/**
 * Binds first and names the address afterwards, so that the redirect can only come here.
 * Throws CALLBACK_PORT_BUSY when the place has a port and that is taken.
 */
export async function listenForCallback(
  place: CallbackPlace,
  { holdMs = 30_000 }: ListenOptions = {},
): Promise<CallbackServer> {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    response.destroy();
  const bound = await bindLoopback(place, () =>
    createServer(LIMITS, (request, response) => handle(request, response)),
  );
  for (const server of bound.servers) server.maxConnections = MAX_CONNECTIONS;
  const redirectUri = `http://${place.host}:${bound.port}${place.path}`;
  const desk = new CallbackDesk({ redirectUri, port: bound.port, path: place.path }, holdMs);
  handle = (request, response) => desk.receive(request, response);
  return {
    redirectUri,
    arrived: (state, signal) => desk.arrived(state, signal),
    answer: (outcome) => desk.answer(outcome),
    async close() {
      await desk.leave();
      await Promise.all(bound.servers.map(end));
    },
  };
}

/** A browser sends all cookies it has for localhost, whatever program set them: 16 KiB are soon full. */
const LIMITS = {
  maxHeaderSize: 64 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 2_000,
};
const MAX_CONNECTIONS = 64;
function end(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
