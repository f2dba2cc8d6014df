import type { Server, Socket } from 'node:net';

/** Counts connections, and knows those that are one too many. */
export interface ConnectionLimit {
  isTooMany(socket: Socket): boolean;
}

/** Room for connections that are told so instead of being cut. */
const REFUSED_AT_ONCE = 64;
/** How long one of those has for its request, in milliseconds. */
const REFUSAL_MS = 5000;

export function limitConnections(server: Server, most: number): ConnectionLimit {
  const tooMany = new WeakSet<Socket>();
  let open = 0;
  server.maxConnections = most + REFUSED_AT_ONCE;
  server.on('connection', (socket: Socket) => {
    open += 1;
    socket.on('close', () => {
      open -= 1;
    });
    if (open <= most) return;
    tooMany.add(socket);
    socket.setTimeout(REFUSAL_MS, () => socket.destroy());
  });
  return { isTooMany: (socket) => tooMany.has(socket) };
}
