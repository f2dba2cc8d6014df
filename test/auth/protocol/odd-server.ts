import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body as a form. */
  readonly form: Readonly<Record<string, string>>;
}

export type Answerer = (asked: Asked, response: ServerResponse, origin: string) => unknown;

export interface OddServer {
  readonly origin: string;
  readonly asked: Asked[];
  /** Requests to a path. */
  to(path: string): Asked[];
}

/**
 * An HTTP server on loopback that is MCP server and authorization server in one. Routes are paths; a value that is
 * no function is sent as JSON, and what has no route is a 404.
 */
export async function oddServer(routes: Readonly<Record<string, unknown>>): Promise<OddServer> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const { method = '', url = '', headers } = request;
    const form = Object.fromEntries(new URLSearchParams(body));
    const one = { method, path: url, headers, body, form };
    asked.push(one);
    const route = routes[url] ?? routes[url.split('?')[0] ?? ''];
    if (typeof route === 'function') (route as Answerer)(one, response, origin);
    else send(response, route === undefined ? 404 : 200, route ?? { message: 'Not Found' });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, asked, to: (path) => asked.filter((each) => each.path.split('?')[0] === path) };
}

/** Text as it is, anything else as JSON. */
export function send(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  const isText = typeof body === 'string';
  response.writeHead(status, { ...(!isText && { 'content-type': 'application/json' }), ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

/** The metadata of a server that does everything right, with changes. */
export function metadata(origin: string, changes: Readonly<Record<string, unknown>> = {}): object {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    revocation_endpoint: `${origin}/revoke`,
    device_authorization_endpoint: `${origin}/device`,
    code_challenge_methods_supported: ['S256'],
    ...changes,
  };
}

/** Answers for the two documents, the resource at `/mcp`. */
export function documents(
  changes: { resource?: Readonly<Record<string, unknown>>; server?: Readonly<Record<string, unknown>> } = {},
): Readonly<Record<string, Answerer>> {
  return {
    '/.well-known/oauth-protected-resource/mcp': (_, response, origin) =>
      send(response, 200, {
        resource: `${origin}/mcp`,
        authorization_servers: [origin],
        ...changes.resource,
      }),
    '/.well-known/oauth-authorization-server': (_, response, origin) =>
      send(response, 200, metadata(origin, changes.server)),
  };
}
