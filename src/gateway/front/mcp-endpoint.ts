import type { IncomingMessage } from 'node:http';
import { traceOf } from '../../calls/trace.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Body, onOneLine, readBody } from './http-body.ts';
import type { HttpFrontOptions } from './http-options.ts';
import { refuse } from './http-reply.ts';
import { type IncomingMessages, isLegacyVersion, modernVersionOf, readIncoming } from './incoming.ts';
import { type Caller, createLegacyEndpoint } from './legacy-endpoint.ts';
import { createModernEndpoint } from './modern-endpoint.ts';
import type { Reply } from './reply.ts';

/** `/mcp` and `/mcp/<server>`, for clients of both eras. */
export interface McpEndpoint {
  /** Undefined when that was done at once. */
  answer(request: IncomingMessage, response: Reply, caller: Caller): Promise<void> | undefined;
  sweep(): void;
  /** Takes no new requests; settles when none is under way any more. */
  drain(): Promise<void>;
  /** Ends what is under way, of a principal or of all. */
  close(principal?: string): void;
}

type McpEndpointOptions = Pick<HttpFrontOptions, 'hub' | 'limits' | 'sessionEnded'>;

export function createMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const { hub, limits } = options;
  const legacy = createLegacyEndpoint({ ...options, sessionIdleMs: limits.sessionIdleMs });
  const modern = createModernEndpoint({ hub });
  let underWay = 0;
  let rested = (): void => {};

  const post = async (request: IncomingMessage, response: Reply, caller: Caller): Promise<void> => {
    underWay += 1;
    try {
      const body = await readBody(request, limits.maxBodyBytes);
      const received = receive(body, response, limits.maxBodyBytes);
      const [first] = received?.items ?? [];
      if (!received || !first) return;
      if (received.isBatch) return await legacy.post(request, response, caller, received);
      const traced = withTrace(caller, first.message, response);
      if (isModern(request, first.message)) await modern.post(request, response, traced, first);
      else await legacy.post(request, response, traced, received);
    } finally {
      underWay -= 1;
      if (underWay === 0) rested();
    }
  };
  return {
    answer(request, response, caller) {
      const { method, headers } = request;
      const hasSession = headers['mcp-session-id'] !== undefined;
      if (method === 'GET' && hasSession) legacy.listen(request, response, caller);
      else if (method === 'DELETE' && hasSession) legacy.end(request, response, caller);
      else if (method !== 'POST') {
        refuse(response, 405, 'Send requests with POST.', { headers: { allow: 'POST' } });
      } else if (!JSON_TYPE.test(headers['content-type'] ?? '')) {
        refuse(response, 415, 'Content-Type must be application/json.');
      } else return post(request, response, caller);
      return undefined;
    },
    sweep() {
      legacy.sweep();
      modern.keepAlive();
    },
    async drain() {
      legacy.drain();
      modern.drain();
      if (underWay === 0) return;
      await new Promise<void>((resolve) => {
        rested = resolve;
      });
    },
    close(principal) {
      legacy.close(principal);
      modern.close(principal);
    },
  };
}

/** Tells the client by which id its request can be found, and begins a trace where it follows none. */
function withTrace(caller: Caller, message: JsonObject, response: Reply): Caller {
  const trace = traceOf(message, caller.traceparent);
  response.correlationId = trace.traceId;
  const { principal, only, profile, traceparent } = caller;
  return { principal, only, profile, traceparent, trace };
}

const JSON_TYPE = /^application\/json\b/i;

/** The messages of a body, or the answer why there are none. */
function receive(body: Body, response: Reply, maxBytes: number): IncomingMessages | undefined {
  if (body === 'cut-off') return undefined;
  if (body === 'too-large') {
    // What is left of the body is not read.
    refuse(response, 413, `A message may have ${maxBytes} bytes.`, { headers: { connection: 'close' } });
    return undefined;
  }
  const received = readIncoming(onOneLine(body));
  if (!received) refuse(response, 400, 'The body is no JSON-RPC message.', { code: -32700 });
  return received;
}

/** By what the body says; without that, by a revision in the header that older clients do not know. */
function isModern({ headers }: IncomingMessage, message: JsonObject): boolean {
  if (modernVersionOf(message) !== undefined) return true;
  const version = headers['mcp-protocol-version'];
  return (
    headers['mcp-session-id'] === undefined && version !== undefined && !isLegacyVersion(String(version))
  );
}
