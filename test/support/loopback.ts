import { type IncomingHttpHeaders, request } from 'node:http';

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The address to connect to when it is not the one of the URL. */
  readonly address?: string;
  /** The request target as it stands in the first line; the URL's path by default. */
  readonly target?: string;
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One HTTP request with the headers as given, also those `fetch` would not let pass. */
export function sendRequest(url: string, { method = 'GET', headers = {}, address, target }: Sent = {}) {
  const { hostname, port, host, pathname, search } = new URL(url);
  return new Promise<Got>((resolve, reject) => {
    const sent = request(
      {
        host: address ?? hostname.replaceAll(/[[\]]/g, ''),
        port,
        method,
        path: target ?? `${pathname}${search}`,
        headers: { host, ...headers },
        agent: false,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}
