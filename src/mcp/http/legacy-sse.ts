import { McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { type Envelope, readEnvelope } from '../envelope.ts';
import type { Transport, TransportHandlers } from '../transport.ts';
import { LONGEST_RETRY_MS, type Receive } from './answer-stream.ts';
import { answerTo, httpFailure, lostAnswer } from './http-failure.ts';
import {
  createHttpLink,
  type HttpLink,
  type HttpLinkOptions,
  isEventStream,
  readBodyIfAny,
} from './http-link.ts';
import { pause, readEvents } from './read-events.ts';

const ENDPOINT_MS = 15_000;
const RETRY_MS = 250;
const ATTEMPTS = 9;

/** A request without its answer. */
interface Waiting {
  readonly method: string | undefined;
  /** True for a request of ours, whose answer is nothing to the client. */
  readonly isOurs: boolean;
  resolve(): void;
  reject(reason: McpctlError): void;
}

/**
 * HTTP+SSE of 2024-11-05: one stream from the server, and an address it names for messages to it. When the stream
 * breaks, the session is over; another is begun with the client's own handshake and unseen by the client.
 */
export function createLegacySse(options: HttpLinkOptions): Transport {
  return new LegacySse(options);
}

class LegacySse implements Transport {
  readonly #link: HttpLink;
  readonly #closing = new AbortController();
  readonly #waiting = new Map<string, Waiting>();
  #handlers: TransportHandlers = { message() {}, closed() {} };
  #endpoint: URL | undefined;
  /** The client's own messages. */
  #initialize: Buffer | undefined;
  #initialized: Buffer | undefined;
  #renewal: Promise<void> | undefined;
  #ended: McpctlError | undefined;
  /** New beginnings since the client last got an answer. */
  #fruitless = 0;

  constructor(options: HttpLinkOptions) {
    this.#link = createHttpLink(options);
  }

  async start(handlers: TransportHandlers): Promise<void> {
    this.#handlers = handlers;
    await this.#connect();
  }

  async send(bytes: Buffer, envelope: Envelope | undefined): Promise<void> {
    if (this.#renewal) await this.#renewal;
    if (this.#ended) throw this.#ended;
    await this.#say(bytes, envelope);
    if (envelope?.method === 'initialize') this.#initialize = Buffer.from(bytes);
    if (envelope?.method === 'notifications/initialized') this.#initialized = Buffer.from(bytes);
    if (envelope?.method === 'notifications/cancelled') this.#forget(bytes);
  }

  pause(): void {
    this.#link.pause();
  }

  resume(): void {
    this.#link.resume();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const { resolve } of this.#waiting.values()) resolve();
    this.#waiting.clear();
    this.#link.close();
  }

  /** Opens the stream; settles once the server has named where messages go. */
  #connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const stream = new AbortController();
      const stop = (): void => stream.abort();
      this.#closing.signal.addEventListener('abort', stop, { once: true });
      const timer = setTimeout(() => {
        reject(unnamed(this.#link.server));
        stop();
      }, ENDPOINT_MS);
      let isConnected = false;
      const found = (name: string): void => {
        clearTimeout(timer);
        try {
          this.#endpoint = this.#address(name);
          isConnected = true;
          resolve();
        } catch (error) {
          reject(error);
          stop();
        }
      };
      this.#listen(found, stream.signal)
        .catch((error: unknown) => error)
        .then((reason) => {
          clearTimeout(timer);
          this.#closing.signal.removeEventListener('abort', stop);
          reject(reason);
          if (isConnected) this.#lost(reason as McpctlError);
        });
    });
  }

  /** Reads the stream to its end, which it returns the reason for. */
  async #listen(found: (name: string) => void, signal: AbortSignal): Promise<McpctlError> {
    const headers = { accept: 'text/event-stream' };
    const response = await this.#link.request({ method: 'GET', headers, isRepeatable: true, signal });
    if (response.statusCode !== 200 || !isEventStream(response)) {
      return httpFailure(this.#link, response, await readBodyIfAny(response));
    }
    const other = ({ type, data }: { type: string; data: Buffer }): void => {
      if (type === 'endpoint') found(data.toString('utf8').trim());
    };
    await readEvents(response, { message: this.#receive, other }, signal);
    const { server } = this.#link;
    return new McpctlError('SERVER_UNREACHABLE', `${server} closed its event stream.`, {
      hint: 'Start the session again; this kind of server cannot resume one.',
      data: { server },
    });
  }

  #address(name: string): URL {
    const { url: home, server } = this.#link;
    const url = URL.canParse(name, home.href) ? new URL(name, home) : undefined;
    if (url?.origin === home.origin) return url;
    throw new McpctlError(
      'SERVER_PROTOCOL',
      `${server} names ${JSON.stringify(name)}, on another origin, for messages to it.`,
      {
        hint: 'mcpctl sends credentials to the origin of the "url" only.',
        data: { server, endpoint: name },
      },
    );
  }

  readonly #receive: Receive = (bytes, envelope) => {
    const waiting = envelope.kind === 'response' ? this.#waiting.get(envelope.id ?? '') : undefined;
    if (waiting) {
      this.#waiting.delete(envelope.id ?? '');
      waiting.resolve();
      if (waiting.isOurs) return;
      this.#fruitless = 0;
    }
    this.#handlers.message(bytes, envelope);
  };

  /** Posts a message; for a request, settles with its answer on the stream. */
  async #say(bytes: Buffer, envelope: Envelope | undefined, isOurs = false): Promise<void> {
    const { id, method, kind } = envelope ?? {};
    const answered =
      kind === 'request' && id !== undefined
        ? new Promise<void>((resolve, reject) => this.#waiting.set(id, { method, isOurs, resolve, reject }))
        : undefined;
    answered?.catch(() => {});
    try {
      await this.#post(bytes, envelope);
    } catch (error) {
      this.#waiting.delete(id ?? '');
      throw error;
    }
    await answered;
  }

  async #post(bytes: Buffer, envelope: Envelope | undefined): Promise<void> {
    const { server } = this.#link;
    if (!this.#endpoint) throw new McpctlError('INTERNAL', `A message came before ${server} was connected.`);
    const headers = { 'content-type': 'application/json' };
    const { signal } = this.#closing;
    const request = { method: 'POST', url: this.#endpoint, headers, body: bytes, signal } as const;
    const response = await this.#link.request(request);
    const body = await readBodyIfAny(response);
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode <= 299) return;
    const answer = envelope && answerTo(envelope, body);
    if (!answer) throw httpFailure(this.#link, response, body);
    this.#receive(answer, { kind: 'response', id: envelope.id ?? 'null' });
  }

  /** Fails what was asked on a stream that is gone, and begins another session if there was one. */
  #lost(reason: McpctlError): void {
    const { server } = this.#link;
    if (this.#closing.signal.aborted) {
      this.#handlers.closed(undefined);
      return;
    }
    for (const { method, reject } of this.#waiting.values()) reject(lostAnswer(server, method));
    this.#waiting.clear();
    // A stream that breaks while another session begins is noticed there.
    if (this.#renewal) return;
    if (!this.#initialize || !this.#initialized) this.#end(reason);
    else {
      this.#renewal = this.#renew(this.#initialize, this.#initialized, reason).finally(() => {
        this.#renewal = undefined;
      });
      this.#renewal.catch((error) => this.#end(error));
    }
  }

  #end(reason: McpctlError): void {
    this.#ended = reason;
    this.#handlers.closed(this.#closing.signal.aborted ? undefined : reason);
  }

  async #renew(initialize: Buffer, initialized: Buffer, reason: McpctlError): Promise<void> {
    let last = reason;
    for (;;) {
      this.#fruitless += 1;
      if (this.#fruitless > ATTEMPTS) throw last;
      await pause(Math.min(RETRY_MS * 2 ** (this.#fruitless - 1), LONGEST_RETRY_MS), this.#closing.signal);
      try {
        await this.#connect();
        await this.#say(initialize, readEnvelope(initialize), true);
        await this.#say(initialized, readEnvelope(initialized), true);
        return;
      } catch (error) {
        if (!isPassing(error)) throw error;
        last = error;
      }
    }
  }

  /** A cancelled request may never be answered. */
  #forget(cancellation: Buffer): void {
    const message: unknown = JSON.parse(cancellation.toString('utf8'));
    const id = isRecord(message) && isRecord(message.params) ? message.params.requestId : undefined;
    const key = JSON.stringify(id) ?? '';
    this.#waiting.get(key)?.resolve();
    this.#waiting.delete(key);
  }
}

/** True for a failure that may be over soon: the server restarts, or something before it does. */
function isPassing(error: unknown): error is McpctlError {
  if (!(error instanceof McpctlError) || error.code !== 'SERVER_UNREACHABLE') return false;
  const { status = 503 } = error.data ?? {};
  return Number(status) >= 500 || status === 429;
}

function unnamed(server: string): McpctlError {
  return new McpctlError('SERVER_UNREACHABLE', `${server} did not name an address for messages in time.`, {
    hint: 'Check the "url" in the manifest.',
    data: { server },
  });
}
