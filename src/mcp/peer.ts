import { McpctlError } from '../core/errors.ts';
import { isRecord, type JsonObject } from '../core/json.ts';
import { neverSent } from '../core/never-sent.ts';
import type { StopSignal } from '../core/stop.ts';
import { type Envelope, envelopeOf } from './envelope.ts';
import type { Transport } from './transport.ts';

export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

export interface RequestOptions {
  /** Longest silence, in milliseconds; progress starts it anew. 60 000 by default. */
  readonly timeoutMs?: number;
  /** Longest duration whatever the progress, in milliseconds. 600 000 by default. */
  readonly totalMs?: number;
  readonly signal?: StopSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** The other side's refusal, as JSON-RPC has it. Thrown by handlers that refuse. */
export class RpcRefusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'RpcRefusal';
    this.code = code;
  }
}

export interface PeerOptions {
  readonly server: string;
  readonly transport: Transport;
  /** Answers a request of the server; throws RpcRefusal to refuse. */
  answer(method: string, params: JsonObject): Promise<JsonObject>;
  /** Sees the notifications of the server. */
  notified(method: string, params: JsonObject): void;
}

/** One JSON-RPC conversation: numbers requests, matches answers, minds time, answers what the server asks. */
export interface Peer {
  start(): Promise<void>;
  /** Rejects with SERVER_ERROR (a JSON-RPC error), SERVER_TIMEOUT, CANCELLED, or why the connection ended. */
  request(method: string, params: JsonObject | undefined, options?: RequestOptions): Promise<JsonObject>;
  notify(method: string, params?: JsonObject): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  settle(answer: JsonObject | McpctlError): void;
  progress(progress: Progress): void;
}

const TIMEOUT_MS = 60_000;
const TOTAL_MS = 600_000;

export function createPeer({ server, transport, answer, notified }: PeerOptions): Peer {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended: McpctlError | undefined;

  const send = (message: JsonObject): Promise<void> | undefined => {
    const envelope = envelopeOf(message) as Envelope;
    return transport.send(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message })), envelope);
  };
  const reply = async (id: JsonObject[string], method: string, params: JsonObject): Promise<void> => {
    let message: JsonObject;
    try {
      message = { id, result: await answer(method, params) };
    } catch (error) {
      const { code, text } =
        error instanceof RpcRefusal
          ? { code: error.code, text: error.message }
          : { code: -32603, text: 'The client could not answer.' };
      message = { id, error: { code, message: text } };
    }
    await send(message);
  };
  const receive = (message: unknown): void => {
    if (Array.isArray(message)) {
      for (const item of message) receive(item);
      return;
    }
    if (!isRecord(message)) return;
    const params = (isRecord(message.params) ? message.params : {}) as JsonObject;
    if (typeof message.method === 'string') {
      if ('id' in message) {
        // The server learns of a lost answer by its own timeout.
        reply(message.id as JsonObject[string], message.method, params).catch(() => {});
      } else if (message.method === 'notifications/progress') {
        waiting.get(Number(params.progressToken))?.progress(params as unknown as Progress);
      } else notified(message.method, params);
      return;
    }
    waiting.get(Number(message.id))?.settle(outcomeOf(server, message));
  };

  return {
    start: () =>
      transport.start({
        message: (bytes) => receive(JSON.parse(bytes.toString('utf8'))),
        closed(reason) {
          ended = reason ?? new McpctlError('SERVER_EXITED', `The connection to ${server} was closed.`);
          for (const { settle } of [...waiting.values()]) settle(ended);
        },
      }),
    async request(method, params, options = {}) {
      if (ended) throw neverSent(ended);
      options.signal?.throwIfAborted();
      lastId += 1;
      const id = lastId;
      const meta = isRecord(params?._meta) ? params._meta : {};
      const withToken = options.onProgress
        ? { ...params, _meta: { ...meta, progressToken: id } as JsonObject }
        : params;
      const cancel = (reason: string): void => {
        if (method === 'initialize') return;
        void send({ method: 'notifications/cancelled', params: { requestId: id, reason } })?.catch(() => {});
      };
      const done = expect({ server, method, id, waiting, options, cancel });
      send({ id, method, ...(withToken && { params: withToken }) })?.catch((error) =>
        waiting.get(id)?.settle(error),
      );
      return await done;
    },
    async notify(method, params) {
      await send({ method, ...(params && { params }) });
    },
    close: () => transport.close(),
  };
}

interface Expected {
  readonly server: string;
  readonly method: string;
  readonly id: number;
  readonly waiting: Map<number, Waiting>;
  readonly options: RequestOptions;
  cancel(reason: string): void;
}

function expect({ server, method, id, waiting, options, cancel }: Expected): Promise<JsonObject> {
  const { timeoutMs = TIMEOUT_MS, totalMs = TOTAL_MS, signal, onProgress } = options;
  return new Promise((resolve, reject) => {
    const late = (milliseconds: number) => (): void => {
      cancel('timeout');
      settle(
        new McpctlError('SERVER_TIMEOUT', `${server} did not answer ${method} within ${milliseconds} ms.`, {
          hint: 'Try again with a longer --timeout, or look at mcpctl doctor.',
          data: { server, method, timeoutMs: milliseconds },
        }),
      );
    };
    let silence = setTimeout(late(timeoutMs), timeoutMs);
    const total = setTimeout(late(totalMs), totalMs);
    const aborted = (): void => {
      cancel('cancelled');
      const { reason } = signal as StopSignal;
      settle(reason instanceof McpctlError ? reason : new McpctlError('CANCELLED', `Stopped ${method}.`));
    };
    const settle = (answer: JsonObject | McpctlError): void => {
      waiting.delete(id);
      clearTimeout(silence);
      clearTimeout(total);
      signal?.removeEventListener('abort', aborted);
      if (answer instanceof Error) reject(answer);
      else resolve(answer);
    };
    signal?.addEventListener('abort', aborted, { once: true });
    waiting.set(id, {
      settle,
      progress(progress) {
        clearTimeout(silence);
        silence = setTimeout(late(timeoutMs), timeoutMs);
        onProgress?.(progress);
      },
    });
  });
}

/** The result of a parsed answer, or its error as ours. */
export function outcomeOf(server: string, message: Record<string, unknown>): JsonObject | McpctlError {
  const { error, result } = message;
  if (error === undefined) return (isRecord(result) ? result : {}) as JsonObject;
  const {
    code,
    message: text,
    data,
  } = isRecord(error) ? error : { code: 0, message: String(error), data: null };
  return new McpctlError(
    'SERVER_ERROR',
    `${server} answered with an error: ${String(text)} (${String(code)}).`,
    {
      data: { server, rpcCode: code, rpcMessage: text, ...(data !== undefined && { rpcData: data }) },
    },
  );
}
