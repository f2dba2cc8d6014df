import { McpctlError } from '../../core/errors.ts';
import type { Transport, TransportHandlers } from '../transport.ts';
import { httpFailure } from './http-failure.ts';
import { createHttpLink, type HttpLinkOptions, isEventStream, readBody } from './http-link.ts';
import { pause, readEvents } from './read-events.ts';

const ENDPOINT_MS = 15_000;

/** HTTP+SSE of 2024-11-05: one stream from the server, and an address it names for messages to it. */
export function createLegacySse(options: HttpLinkOptions): Transport {
  const { server } = options;
  const link = createHttpLink(options);
  const closing = new AbortController();
  const { signal } = closing;
  let endpoint: URL | undefined;

  const listen = async (handlers: TransportHandlers, found: (text: string) => void): Promise<McpctlError> => {
    const response = await link.request({ method: 'GET', headers: { accept: 'text/event-stream' }, signal });
    if (response.statusCode !== 200 || !isEventStream(response)) {
      return httpFailure(link, response, await readBody(response));
    }
    const other = ({ type, data }: { type: string; data: Buffer }): void => {
      if (type === 'endpoint') found(data.toString('utf8').trim());
    };
    await readEvents(response, { message: handlers.message, other }, signal);
    return new McpctlError('SERVER_UNREACHABLE', `${server} closed its event stream.`, {
      hint: 'Start the session again; this kind of server cannot resume one.',
      data: { server },
    });
  };

  return {
    async start(handlers) {
      const named = new Promise<string>((resolve, reject) => {
        listen(handlers, resolve).then(
          (reason) => {
            reject(reason);
            if (endpoint) handlers.closed(signal.aborted ? undefined : reason);
          },
          (error) => {
            reject(error);
            if (endpoint && signal.aborted) handlers.closed(undefined);
          },
        );
        pause(ENDPOINT_MS, signal).then(
          () => reject(unnamed(server)),
          () => {},
        );
      });
      const text = await named;
      const url = URL.canParse(text, link.url.href) ? new URL(text, link.url) : undefined;
      if (url?.origin !== link.url.origin) {
        closing.abort();
        throw new McpctlError(
          'SERVER_PROTOCOL',
          `${server} names ${JSON.stringify(text)}, on another origin, for messages to it.`,
          {
            hint: 'mcpctl sends credentials to the origin of the "url" only.',
            data: { server, endpoint: text },
          },
        );
      }
      endpoint = url;
    },
    async send(bytes) {
      if (!endpoint) throw new McpctlError('INTERNAL', `A message came before ${server} was connected.`);
      const headers = { 'content-type': 'application/json' };
      const response = await link.request({ method: 'POST', url: endpoint, headers, body: bytes, signal });
      const body = await readBody(response);
      const { statusCode = 0 } = response;
      if (statusCode < 200 || statusCode > 299) throw httpFailure(link, response, body);
    },
    pause: () => link.pause(),
    resume: () => link.resume(),
    async close() {
      closing.abort();
      link.close();
    },
  };
}

function unnamed(server: string): McpctlError {
  return new McpctlError('SERVER_UNREACHABLE', `${server} did not name an address for messages in time.`, {
    hint: 'Check the "url" in the manifest.',
    data: { server },
  });
}
