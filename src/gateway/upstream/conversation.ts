import type { RawAnswer } from '../../calls/raw-answer.ts';
import { asKnown, McpctlError } from '../../core/errors.ts';
import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import { neverSent } from '../../core/never-sent.ts';
import { redactError } from '../../core/redact-error.ts';
import { ShortLivedMap } from '../../core/short-lived-map.ts';
import type { StopSignal } from '../../core/stop.ts';
import { type Envelope, envelopeOf } from '../../mcp/envelope.ts';
import { RpcRefusal } from '../../mcp/peer.ts';
import { withId } from '../../mcp/splice.ts';
import type { Transport } from '../../mcp/transport.ts';
import type { Flight, FlightListener } from './flight.ts';
import { hasError, messagesOf, paramsOf } from './messages.ts';
import type { UpstreamEvents } from './upstream.ts';

export interface ConversationOptions {
  readonly server: string;
  readonly transport: Transport;
  readonly events: Pick<UpstreamEvents, 'notified' | 'asked'>;
  /** Takes secrets out of failures. */
  redact(text: string): string;
}

export interface Sending {
  readonly method: string;
  /** The request under the id it gets. */
  line(id: number): Buffer;
  readonly signal?: StopSignal;
  readonly listener?: FlightListener;
}

/** JSON-RPC with a server by lines: numbers requests, matches answers, tells whose a message is. Parses no results. */
export interface Conversation {
  start(): Promise<void>;
  /** Rejects with why it could not be sent or answered; CANCELLED when the signal aborts, which the server is told. */
  request(sending: Sending): Promise<RawAnswer>;
  notify(method: string, params?: JsonObject): Promise<void>;
  /** With the reason, unless `close` was called. */
  readonly ended: Promise<McpctlError | undefined>;
  close(): Promise<void>;
}

const SUBSCRIPTION_KEY = 'io.modelcontextprotocol/subscriptionId';

export function createConversation(options: ConversationOptions): Conversation {
  const { server, transport, events, redact } = options;
  /** By their ids. */
  const flights = new ShortLivedMap<Flight>();
  let lastId = 0;
  let over: McpctlError | undefined;
  let end: (reason: McpctlError | undefined) => void;
  const ended = new Promise<McpctlError | undefined>((resolve) => {
    end = resolve;
  });

  const clean = (error: unknown): McpctlError => redactError(asKnown(error), redact) as McpctlError;
  const finish = (reason: McpctlError | undefined): void => {
    over ??= clean(reason ?? new McpctlError('SERVER_EXITED', `The connection to ${server} was closed.`));
    for (const { settle } of flights.values()) settle(over);
    end(reason && over);
  };
  const send = async (message: JsonObject): Promise<void> => {
    const bytes = Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    await transport.send(bytes, envelopeOf(message));
  };
  /** What is in flight and will end. */
  const calls = (): Flight[] => flights.values().filter(({ listener }) => !listener.acknowledged);
  const only = (has: (listener: FlightListener) => unknown): FlightListener | undefined => {
    const found = calls().filter(({ listener }) => has(listener));
    return found.length === 1 ? found[0]?.listener : undefined;
  };

  const answered = (bytes: Buffer, { id = 'null' }: Envelope): void => {
    // An older server does not say which request it refuses; when there is one, it is that one.
    const [first, ...others] = id === 'null' && hasError(bytes) ? calls() : [];
    const key = String(first && others.length === 0 ? first.id : numberOf(id));
    const flight = flights.get(key);
    if (!flight) return;
    const line = id === key ? bytes : withId(bytes, key);
    flight.settle({ line, isError: hasError(line) });
  };
  const asked = async (bytes: Buffer, { id = 'null', method = '' }: Envelope): Promise<void> => {
    const params = paramsOf(bytes);
    const reply = await replyTo(() => {
      if (method === 'ping') return {};
      const ask = only((listener) => listener.ask)?.ask;
      return ask ? ask(method, params) : events.asked(method, params);
    });
    // The id stays JSON text, so that numbers of any size survive.
    const line = Buffer.from(`{"jsonrpc":"2.0","id":${id},${reply}}\n`);
    await transport.send(line, { kind: 'response', id });
  };
  const subscribed = (id: Json, method: string, params: JsonObject): void => {
    const listener = flights.get(String(id))?.listener;
    if (method === 'notifications/subscriptions/acknowledged') listener?.acknowledged?.(params);
    else if (listener) events.notified(method, withoutSubscription(params));
  };
  const heard = (bytes: Buffer, { method = '' }: Envelope): void => {
    const params = paramsOf(bytes);
    const subscription = isRecord(params._meta) ? params._meta[SUBSCRIPTION_KEY] : undefined;
    if (method === 'notifications/cancelled') return;
    if (subscription !== undefined) {
      subscribed(subscription as Json, method, params);
      return;
    }
    if (method === 'notifications/progress') {
      const { progressToken, ...progress } = params;
      flights.get(String(progressToken))?.listener.progress?.(progress);
      return;
    }
    const listener = method === 'notifications/message' ? only(() => true) : undefined;
    if (listener?.logged) listener.logged(params);
    else events.notified(method, params);
  };
  const receive = (bytes: Buffer, envelope: Envelope): void => {
    if (envelope.kind === 'response') answered(bytes, envelope);
    // The server learns of a lost answer by its own timeout.
    else if (envelope.kind === 'request') asked(bytes, envelope).catch(() => {});
    else if (envelope.kind === 'notification') heard(bytes, envelope);
    else for (const one of messagesOf(bytes)) receive(one.bytes, one.envelope);
  };

  return {
    ended,
    start: () =>
      transport
        .start({
          message: receive,
          closed: finish,
        })
        .catch((error) => {
          throw clean(error);
        }),
    request({ method, line, signal, listener = {} }) {
      return new Promise((resolve, reject) => {
        if (over) throw neverSent(over);
        if (signal?.aborted) throw neverSent(stopped(signal, method));
        lastId += 1;
        const id = lastId;
        const key = String(id);
        const bytes = line(id);
        const aborted = (): void => {
          settle(stopped(signal as StopSignal, method));
          if (method === 'initialize') return;
          const params = { requestId: id, reason: 'cancelled' };
          send({ method: 'notifications/cancelled', params }).catch(() => {});
        };
        const settle = (answer: RawAnswer | McpctlError): void => {
          if (!flights.delete(key)) return;
          signal?.removeEventListener('abort', aborted);
          if (answer instanceof Error) reject(answer);
          else resolve(answer);
        };
        flights.set(key, { id, listener, settle });
        signal?.addEventListener('abort', aborted, { once: true });
        const envelope = { kind: 'request', id: key, method } as const;
        try {
          transport.send(bytes, envelope)?.catch((error: unknown) => settle(clean(error)));
        } catch (error) {
          settle(clean(error));
        }
      });
    },
    notify: async (method, params) => await send({ method, ...(params && { params }) }),
    async close() {
      await transport.close();
      finish(undefined);
    },
  };
}

/** The members of a response after its id. */
async function replyTo(answer: () => JsonObject | Promise<JsonObject>): Promise<string> {
  try {
    return `"result":${JSON.stringify(await answer())}`;
  } catch (error) {
    const { code, message } =
      error instanceof RpcRefusal ? error : { code: -32603, message: 'The client could not answer.' };
    return `"error":${JSON.stringify({ code, message })}`;
  }
}

function stopped({ reason }: StopSignal, method: string): McpctlError {
  return reason instanceof McpctlError ? reason : new McpctlError('CANCELLED', `Stopped ${method}.`);
}

function withoutSubscription({ _meta, ...params }: JsonObject): JsonObject {
  const { [SUBSCRIPTION_KEY]: _, ...meta } = (isRecord(_meta) ? _meta : {}) as JsonObject;
  return Object.keys(meta).length === 0 ? params : { ...params, _meta: meta };
}

/** The number an id stands for; some servers write it as a string. */
function numberOf(id: string): number {
  return Number(id.startsWith('"') ? id.slice(1, -1) : id);
}
