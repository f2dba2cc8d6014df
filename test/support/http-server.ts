import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { onTestFinished } from 'vitest';
import type { TestAuthority } from './certificates.ts';

export interface Listening {
  readonly port: number;
  /** Connections accepted so far, also those that sent nothing. */
  connections(): number;
}

export async function serveHttp(listener: RequestListener): Promise<Listening> {
  return await listen(createServer(listener));
}

export async function serveHttps(
  { key, certificate }: TestAuthority,
  listener: RequestListener,
): Promise<Listening> {
  return await listen(createSecureServer({ key, cert: certificate }, listener));
}

/** A CONNECT proxy that takes every host name to this machine's `port`; `asked` lists what it was asked for. */
export async function serveProxy(port: number, answer = 200): Promise<Listening & { asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((_, response) => response.writeHead(400).end());
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    if (answer !== 200) {
      socket.end(`HTTP/1.1 ${answer} No\r\n\r\n`);
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  return { ...(await listen(server)), asked };
}

async function listen(server: Server): Promise<Listening> {
  let count = 0;
  server.on('connection', () => {
    count += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connections: () => count };
}
