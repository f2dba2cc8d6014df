import { type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { certificateFor } from '../certificates.ts';
import { serveHttps, serveProxy } from '../http-server.ts';

/** Hosts with certificates of a private authority, behind a proxy: the only way to them. */
export interface Internet {
  /** For the environment of whoever is to reach it. */
  readonly env: Readonly<Record<string, string>>;
  readonly proxy: string;
  /** File of the private authority. */
  readonly certificates: string;
  /** `host:port` of every tunnel that was asked for. */
  readonly asked: readonly string[];
}

/** The port on this machine that serves a path of a host. */
export type Route = number | ((path: string) => number);

/** Makes servers of this machine reachable as https hosts; gone after the test. */
export async function startInternet(hosts: Readonly<Record<string, Route>>): Promise<Internet> {
  const authority = await certificateFor(...Object.keys(hosts));
  const front = await serveHttps(authority, (request, response) => {
    const route = hosts[request.headers.host ?? ''];
    const port = typeof route === 'function' ? route(request.url ?? '/') : route;
    if (port === undefined) return void response.writeHead(502).end();
    forward(request, response, port);
  });
  const { port, asked } = await serveProxy(front.port);
  const proxy = `http://127.0.0.1:${port}`;
  const env = { HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS: authority.file };
  return { env, proxy, certificates: authority.file, asked };
}

function forward(request: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url: path, headers } = request;
  const onward = send(
    { host: '127.0.0.1', port, method, path, headers: { ...headers, 'x-forwarded-proto': 'https' } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}
