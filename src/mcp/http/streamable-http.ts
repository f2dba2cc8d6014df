import type { IncomingMessage } from 'node:http';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type Json } from '../../core/json.ts';
import { type Envelope, readEnvelope } from '../envelope.ts';
import type { Transport, TransportHandlers } from '../transport.ts';
import { answerTo, httpFailure, lostAnswer, type Quoting } from './http-failure.ts';
import {
  createHttpLink,
  type HttpLink,
  type HttpLinkOptions,
  isEventStream,
  onOneLine,
  readBody,
} from './http-link.ts';
import { type LegacySession, noteVersion, sessionHeaders } from './legacy-session.ts';
import { type HeaderParameters, learnParameters, mayBeModern, modernHeaders } from './modern-headers.ts';
import { pause, readEvents } from './read-events.ts';

const ACCEPT = 'application/json, text/event-stream';
const RESUME_ATTEMPTS = 6;
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
const GOODBYE_MS = 1000;
const PING = Buffer.from('{"jsonrpc":"2.0","id":"mcpctl-ping","method":"ping"}');

type Receive = (bytes: Buffer, envelope: Envelope) => void;

interface Flight {
  readonly controller: AbortController;
  readonly isModern: boolean;
}

/**
 * Streamable HTTP of every revision since 2025-03-26. A session the server no longer knows (404, or 400 when a ping
 * fails too) is begun again once a request, with the client's own handshake and unseen by the client.
 */
export function createStreamableHttp(options: HttpLinkOptions): Transport {
  return new StreamableHttp(options);
}

class StreamableHttp implements Transport {
  readonly #server: string;
  readonly #quoting: Quoting;
  readonly #link: HttpLink;
  readonly #parameters: HeaderParameters = new Map();
  readonly #inFlight = new Map<string, Flight>();
  readonly #closing = new AbortController();
  #handlers: TransportHandlers = { message() {}, closed() {} };
  #session: LegacySession | undefined;
  #stream: AbortController | undefined;
  #renewal: Promise<void> | undefined;

  constructor(options: HttpLinkOptions) {
    this.#server = options.server;
    this.#quoting = options;
    this.#link = createHttpLink(options);
  }

  async start(handlers: TransportHandlers): Promise<void> {
    this.#handlers = handlers;
  }

  send(bytes: Buffer, envelope: Envelope | undefined): Promise<void> | undefined {
    if (envelope?.method === 'initialize') this.#session = { initialize: Buffer.from(bytes) };
    if (envelope?.method === 'notifications/cancelled' && this.#cancels(bytes)) return undefined;
    return this.#exchange(bytes, envelope);
  }

  pause(): void {
    this.#link.pause();
  }

  resume(): void {
    this.#link.resume();
  }

  async close({ eofMs = 0 }: { readonly eofMs?: number } = {}): Promise<void> {
    const until = performance.now() + eofMs;
    while (this.#inFlight.size > 0 && performance.now() < until) await pause(20, this.#closing.signal);
    this.#closing.abort();
    this.#stream?.abort();
    const headers = sessionHeaders(this.#session);
    const hasSession = this.#session?.id !== undefined;
    this.#session = undefined;
    if (hasSession) await this.#endSession(headers);
    this.#link.close();
  }

  async #endSession(headers: Record<string, string>): Promise<void> {
    try {
      const signal = AbortSignal.timeout(GOODBYE_MS);
      (await this.#link.request({ method: 'DELETE', headers, signal })).resume();
    } catch {
      // The server forgets the session in its own time.
    }
  }

  /** Sends one message and hands out what answers it. */
  async #exchange(bytes: Buffer, envelope: Envelope | undefined): Promise<void> {
    const receive = this.#receiver(envelope);
    // Whoever waits for a renewal that fails finds out by its own request.
    if (this.#renewal) await this.#renewal.catch(() => {});
    const session = this.#session;
    let response = await this.#post(bytes, envelope, receive);
    if (response && (await this.#isExpired(response, session))) {
      response.resume();
      await this.#renew(session);
      response = await this.#post(bytes, envelope, receive);
    }
    if (response) await this.#deliverFailure(response, envelope);
    else if (envelope?.method === 'notifications/initialized' && this.#session) {
      this.#session.initialized = Buffer.from(bytes);
      this.#openStream();
    }
  }

  async #deliverFailure(response: IncomingMessage, envelope: Envelope | undefined): Promise<void> {
    const body = await readBody(response);
    const answer = envelope && answerTo(envelope, body);
    if (!answer) throw httpFailure(this.#quoting, response, body);
    this.#handlers.message(answer, { kind: 'response', id: envelope.id ?? 'null' });
  }

  /** What is to be learned from an answer before it is handed on. */
  #receiver(request: Envelope | undefined): Receive {
    const deliver: Receive = (bytes, envelope) => this.#handlers.message(bytes, envelope);
    if (request?.method === 'initialize') {
      return (bytes, envelope) => {
        if (envelope.id === request.id) noteVersion(bytes, this.#session);
        deliver(bytes, envelope);
      };
    }
    if (request?.method !== 'tools/list') return deliver;
    return (bytes, envelope) => {
      if (bytes.includes('x-mcp-header')) {
        const message: unknown = JSON.parse(bytes.toString('utf8'));
        if (isRecord(message) && isRecord(message.result)) {
          learnParameters(message.result.tools as Json | undefined, this.#parameters);
        }
      }
      deliver(bytes, envelope);
    };
  }

  /** Posts a message and reads what comes back; returns the answer only when its status is a failure. */
  async #post(
    bytes: Buffer,
    envelope: Envelope | undefined,
    receive: Receive,
  ): Promise<IncomingMessage | undefined> {
    const modern = mayBeModern(bytes)
      ? modernHeaders(JSON.parse(bytes.toString('utf8')), this.#parameters)
      : undefined;
    const own = modern ?? (envelope?.method === 'initialize' ? {} : sessionHeaders(this.#session));
    const controller = new AbortController();
    const { signal } = controller;
    const stop = (): void => controller.abort();
    this.#closing.signal.addEventListener('abort', stop, { once: true });
    const key = envelope?.kind === 'request' ? envelope.id : undefined;
    if (key !== undefined) this.#inFlight.set(key, { controller, isModern: modern !== undefined });
    try {
      const headers = { 'content-type': 'application/json', accept: ACCEPT, ...own };
      const response = await this.#link.request({ method: 'POST', headers, body: bytes, signal });
      const { statusCode = 0 } = response;
      if (statusCode < 200 || statusCode > 299) return response;
      const id = response.headers['mcp-session-id'];
      if (envelope?.method === 'initialize' && this.#session && typeof id === 'string') this.#session.id = id;
      if (isEventStream(response)) await this.#readStream(response, envelope, receive, signal);
      else await this.#readPlain(response, envelope, receive);
      return undefined;
    } catch (error) {
      // A request the client gave up needs no answer.
      if (signal.aborted && !this.#closing.signal.aborted) return undefined;
      throw error;
    } finally {
      this.#closing.signal.removeEventListener('abort', stop);
      if (key !== undefined) this.#inFlight.delete(key);
    }
  }

  async #readPlain(
    response: IncomingMessage,
    request: Envelope | undefined,
    receive: Receive,
  ): Promise<void> {
    const bytes = onOneLine(await readBody(response));
    const envelope = bytes.length === 0 ? undefined : readEnvelope(bytes);
    if (envelope) receive(bytes, envelope);
    else if (request?.kind === 'request') throw httpFailure(this.#quoting, response, bytes);
  }

  async #readStream(
    first: IncomingMessage,
    request: Envelope | undefined,
    receive: Receive,
    signal: AbortSignal,
  ): Promise<void> {
    let isAnswered = request?.kind !== 'request';
    const message: Receive = (bytes, envelope) => {
      if (envelope.kind === 'response' && envelope.id === request?.id) isAnswered = true;
      receive(bytes, envelope);
    };
    let response = first;
    for (let attempt = 0; ; attempt += 1) {
      const { lastId, retryMs = RETRY_MS } = await readEvents(response, { message }, signal);
      if (isAnswered) return;
      if (lastId === undefined || attempt === RESUME_ATTEMPTS) break;
      await pause(retryMs, signal);
      const headers = {
        accept: 'text/event-stream',
        'last-event-id': lastId,
        ...sessionHeaders(this.#session),
      };
      response = await this.#link.request({ method: 'GET', headers, signal });
      if (!isEventStream(response)) {
        response.resume();
        break;
      }
    }
    throw lostAnswer(this.#server, request?.method);
  }

  async #isExpired({ statusCode }: IncomingMessage, session: LegacySession | undefined): Promise<boolean> {
    if (session?.id === undefined || !session.initialized) return false;
    if (statusCode === 404 || this.#session !== session) return true;
    if (statusCode !== 400) return false;
    const answer = await this.#post(PING, readEnvelope(PING), () => {});
    answer?.resume();
    return answer?.statusCode === 400 || answer?.statusCode === 404;
  }

  /** Begins the session again; requests that find it expired together begin it once. */
  async #renew(expired: LegacySession | undefined): Promise<void> {
    if (this.#session === expired) {
      this.#renewal = this.#handshake(expired).finally(() => {
        this.#renewal = undefined;
      });
    }
    await this.#renewal;
  }

  async #handshake(expired: LegacySession | undefined): Promise<void> {
    if (!expired?.initialized) return;
    const { initialize, initialized } = expired;
    const session: LegacySession = { initialize, initialized };
    this.#session = session;
    this.#stream?.abort();
    try {
      const note: Receive = (bytes) => void noteVersion(bytes, session);
      const refusal =
        (await this.#post(initialize, readEnvelope(initialize), note)) ??
        (await this.#post(initialized, readEnvelope(initialized), () => {}));
      if (refusal) throw httpFailure(this.#quoting, refusal, await readBody(refusal));
      this.#openStream();
    } catch (error) {
      // The next request tries again.
      this.#session = expired;
      throw error;
    }
  }

  /** Opens the stream on which a legacy server speaks unasked. */
  #openStream(): void {
    const controller = new AbortController();
    this.#stream?.abort();
    this.#stream = controller;
    // Whatever ends it, requests go on without it.
    this.#listen(controller.signal).catch(() => {});
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const message: Receive = (bytes, envelope) => this.#handlers.message(bytes, envelope);
    let lastId: string | undefined;
    for (let wait = RETRY_MS; ; ) {
      try {
        const resumed = lastId !== undefined && { 'last-event-id': lastId };
        const headers = { accept: 'text/event-stream', ...resumed, ...sessionHeaders(this.#session) };
        const response = await this.#link.request({ method: 'GET', headers, signal });
        if (response.statusCode !== 200 || !isEventStream(response)) {
          response.resume();
          return;
        }
        const end = await readEvents(response, { message }, signal);
        lastId = end.lastId ?? lastId;
        wait = end.retryMs ?? RETRY_MS;
      } catch (error) {
        if (!(error instanceof McpctlError) || error.code === 'SIGN_IN_NEEDED') return;
        wait = Math.min(wait * 2, LONGEST_RETRY_MS);
      }
      await pause(wait, signal);
    }
  }

  /** In the stateless era closing the answer's stream is the cancellation. */
  #cancels(bytes: Buffer): boolean {
    const message: unknown = JSON.parse(bytes.toString('utf8'));
    const id = isRecord(message) && isRecord(message.params) ? message.params.requestId : undefined;
    const flight = this.#inFlight.get(JSON.stringify(id));
    if (!flight?.isModern) return false;
    flight.controller.abort();
    return true;
  }
}
