import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; `text` is sent as it is. */
  readonly body?: unknown;
  readonly text?: string;
  /** Milliseconds before the answer. */
  readonly delay?: number;
}

/** An API on this machine that answers as the test says, and remembers what it was asked. */
export async function openLoopbackApi(reply: (request: Received) => Reply) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { method = '', url = '', headers } = request;
    const seen = { method, target: url, headers, body: text === '' ? undefined : JSON.parse(text) };
    received.push(seen);
    const { status = 200, headers: own = {}, body, text: raw, delay = 0 } = reply(seen);
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    response.writeHead(status, { 'content-type': 'application/json', ...own });
    response.end(raw ?? (body === undefined ? undefined : JSON.stringify(body)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    received,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
