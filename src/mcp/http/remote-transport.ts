import { McpctlError } from '../../core/errors.ts';
import type { Envelope } from '../envelope.ts';
import type { Transport, TransportHandlers } from '../transport.ts';
import type { HttpLinkOptions } from './http-link.ts';
import { createLegacySse } from './legacy-sse.ts';
import { createStreamableHttp } from './streamable-http.ts';

/** How a server that knows no streamable HTTP answers a POST to its address. */
const NOT_STREAMABLE = new Set([400, 404, 405]);

/** The transport for a URL: the one the target names, or streamable HTTP with HTTP+SSE behind it. */
export function createRemoteTransport(options: HttpLinkOptions): Transport {
  const { transport } = options.target;
  if (transport === 'sse') return createLegacySse(options);
  if (transport === 'http') return createStreamableHttp(options);
  return createChoice(options);
}

/** Streamable HTTP until `initialize` is refused in the way of an older server; then HTTP+SSE. */
function createChoice(options: HttpLinkOptions): Transport {
  let current = createStreamableHttp(options);
  let handlers: TransportHandlers;
  const initialize = async (bytes: Buffer, envelope: Envelope): Promise<void> => {
    try {
      await current.send(bytes, envelope);
    } catch (error) {
      if (!isNotStreamable(error)) throw error;
      const older = createLegacySse(options);
      try {
        await older.start(handlers);
      } catch {
        await older.close();
        throw error;
      }
      await current.close();
      current = older;
      await current.send(bytes, envelope);
    }
  };
  return {
    async start(given) {
      handlers = given;
      await current.start(given);
    },
    send: (bytes, envelope) =>
      envelope?.method === 'initialize' ? initialize(bytes, envelope) : current.send(bytes, envelope),
    pause: () => current.pause?.(),
    resume: () => current.resume?.(),
    close: (patience) => current.close(patience),
  };
}

/** True for a failure that an older server, or none at this path, answers with. */
function isNotStreamable(error: unknown): boolean {
  return (
    error instanceof McpctlError &&
    error.code === 'SERVER_UNREACHABLE' &&
    NOT_STREAMABLE.has(Number(error.data?.status))
  );
}
