import type { IncomingMessage } from 'node:http';
import { isRecord } from '../../core/json.ts';
import { ShortLivedMap } from '../../core/short-lived-map.ts';
import { type Envelope, readEnvelope } from '../envelope.ts';
import { isRepeatableMethod } from '../repeatable.ts';
import type { Transport, TransportHandlers } from '../transport.ts';
import { type Receive, readAnswerStream } from './answer-stream.ts';
import { answerTo, errorCodeOf, httpFailure, lostAnswer } from './http-failure.ts';
import {
  createHttpLink,
  type HttpLink,
  type HttpLinkOptions,
  isEventStream,
  onOneLine,
  readBody,
  readBodyIfAny,
} from './http-link.ts';
import { type ModernMessage, readModern } from './modern-headers.ts';
import { pause } from './read-events.ts';
import {
  createSessionKeeper,
  type LegacySession,
  noteVersion,
  type SessionKeeper,
  sessionHeaders,
} from './session-keeper.ts';
import { createToolHeaders, type ToolHeaders } from './tool-headers.ts';

const ACCEPT = 'application/json, text/event-stream';
const GOODBYE_MS = 1000;
const HEADER_MISMATCH = -32020;
/** A message on its way to the server. */
interface Outgoing {
  readonly bytes: Buffer;
  readonly envelope: Envelope | undefined;
  /** The message itself when it is of the stateless era. */
  readonly modern?: ModernMessage;
  /** Gets what comes back. */
  readonly receive: Receive;
}

interface Flight {
  readonly controller: AbortController;
  readonly isModern: boolean;
  /** The client waits no longer; the server was told. */
  isCancelled: boolean;
}

/**
 * Streamable HTTP of every revision since 2025-03-26. A session the server no longer knows (404, or 400 when a ping
 * fails too) is begun again once a request, with the client's own handshake and unseen by the client.
 */
export function createStreamableHttp(options: HttpLinkOptions): Transport {
  return new StreamableHttp(options);
}

class StreamableHttp implements Transport {
  readonly #link: HttpLink;
  readonly #sessions: SessionKeeper;
  readonly #tools: ToolHeaders;
  readonly #inFlight = new ShortLivedMap<Flight>();
  readonly #closing = new AbortController();
  #handlers: TransportHandlers = { message() {}, closed() {} };

  constructor(options: HttpLinkOptions) {
    this.#link = createHttpLink(options);
    this.#tools = createToolHeaders(options);
    this.#sessions = createSessionKeeper({
      link: this.#link,
      say: (bytes, receive) => this.#post({ bytes, envelope: readEnvelope(bytes), receive }),
      receive: this.#deliver,
    });
  }

  async start(handlers: TransportHandlers): Promise<void> {
    this.#handlers = handlers;
  }

  send(bytes: Buffer, envelope: Envelope | undefined): Promise<void> | undefined {
    if (envelope?.method === 'initialize') this.#sessions.begin(bytes);
    if (envelope?.method === 'notifications/cancelled' && this.#cancels(bytes)) return undefined;
    const ready = this.#sessions.ready();
    const done = ready ? ready.then(() => this.#exchange(bytes, envelope)) : this.#exchange(bytes, envelope);
    if (envelope?.method === 'notifications/initialized') this.#sessions.hold(done);
    return done;
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
    const session = this.#sessions.end();
    if (session?.id !== undefined) await this.#sayGoodbye(session);
    this.#link.close();
  }

  async #sayGoodbye(session: LegacySession): Promise<void> {
    try {
      const signal = AbortSignal.timeout(GOODBYE_MS);
      const headers = sessionHeaders(session);
      (await this.#link.request({ method: 'DELETE', headers, signal })).resume();
    } catch {
      // The server forgets the session in its own time.
    }
  }

  readonly #deliver: Receive = (bytes, envelope) => this.#handlers.message(bytes, envelope);

  /** Sends one message and hands out what answers it. */
  async #exchange(bytes: Buffer, envelope: Envelope | undefined): Promise<void> {
    const modern = readModern(bytes);
    const receive = this.#receiver(envelope, modern);
    const outgoing: Outgoing = { bytes, envelope, receive, ...(modern && { modern }) };
    const session = modern ? undefined : this.#sessions.current;
    let response = await this.#post(outgoing);
    if (response && (await this.#sessions.isLost(response, session))) {
      response.resume();
      await this.#sessions.renew(session);
      // What answers the session that was lost means nothing to this one.
      if (envelope?.kind === 'response') return;
      response = await this.#post(outgoing);
    }
    if (response) await this.#deliverFailure(response, outgoing);
    else this.#sessions.sent(bytes, envelope);
  }

  async #deliverFailure(first: IncomingMessage, outgoing: Outgoing): Promise<void> {
    const { envelope } = outgoing;
    let response = first;
    let body = await readBodyIfAny(response);
    if (errorCodeOf(body) === HEADER_MISMATCH && (await this.#relearn(outgoing))) {
      const second = await this.#post(outgoing);
      if (!second) return;
      response = second;
      body = await readBodyIfAny(response);
    }
    const answer = envelope && answerTo(envelope, body);
    if (!answer) throw httpFailure(this.#link, response, body);
    this.#deliver(answer, { kind: 'response', id: envelope.id ?? 'null' });
  }

  /** Looks at the tools anew when headers did not suit the server; true when a call would carry others now. */
  async #relearn({ modern }: Outgoing): Promise<boolean> {
    if (!modern) return false;
    return await this.#tools.relearn(modern, async (bytes, receive) => {
      const list = readModern(bytes);
      const envelope = readEnvelope(bytes);
      const failure = await this.#post({ bytes, envelope, receive, ...(list && { modern: list }) });
      failure?.resume();
      return failure === undefined;
    });
  }

  /** What is to be learned from an answer before it is handed on. */
  #receiver(request: Envelope | undefined, modern: ModernMessage | undefined): Receive {
    if (request?.method === 'initialize') {
      return (bytes, envelope) => {
        if (envelope.id === request.id) noteVersion(bytes, this.#sessions.current);
        this.#deliver(bytes, envelope);
      };
    }
    if (modern?.method !== 'tools/list') return this.#deliver;
    return (bytes, envelope) => {
      this.#deliver(envelope.id === request?.id ? this.#tools.offer(bytes) : bytes, envelope);
    };
  }

  /** Posts a message and reads what comes back; returns the answer only when its status is a failure. */
  async #post(outgoing: Outgoing): Promise<IncomingMessage | undefined> {
    const { bytes, envelope, modern } = outgoing;
    const session = this.#sessions.current;
    const own = modern
      ? this.#tools.headersOf(modern)
      : envelope?.method === 'initialize'
        ? {}
        : sessionHeaders(session);
    const flight: Flight = {
      controller: new AbortController(),
      isModern: modern !== undefined,
      isCancelled: false,
    };
    const { signal } = flight.controller;
    const stop = (): void => flight.controller.abort();
    this.#closing.signal.addEventListener('abort', stop, { once: true });
    const key = envelope?.kind === 'request' ? envelope.id : undefined;
    if (key !== undefined) this.#inFlight.set(key, flight);
    try {
      const headers = { 'content-type': 'application/json', accept: ACCEPT, ...own };
      const isRepeatable = isRepeatableMethod(envelope?.method ?? '');
      const request = { method: 'POST', headers, body: bytes, isRepeatable, signal } as const;
      const response = await this.#link.request(request);
      const { statusCode = 0 } = response;
      if (statusCode < 200 || statusCode > 299) return response;
      const id = response.headers['mcp-session-id'];
      if (envelope?.method === 'initialize' && session && typeof id === 'string') session.id = id;
      await this.#read(response, outgoing, flight, session);
      return undefined;
    } catch (error) {
      // A request the client gave up needs no answer.
      if ((signal.aborted && !this.#closing.signal.aborted) || flight.isCancelled) return undefined;
      throw error;
    } finally {
      this.#closing.signal.removeEventListener('abort', stop);
      if (key !== undefined) this.#inFlight.delete(key);
    }
  }

  async #read(
    response: IncomingMessage,
    { envelope, receive }: Outgoing,
    flight: Flight,
    session: LegacySession | undefined,
  ): Promise<void> {
    if (!isEventStream(response)) {
      const body = await readBody(response).catch(() => {
        throw lostAnswer(this.#link.server, envelope?.method);
      });
      const bytes = onOneLine(body);
      const answer = bytes.length === 0 ? undefined : readEnvelope(bytes);
      if (answer) receive(bytes, answer);
      else if (envelope?.kind === 'request') throw httpFailure(this.#link, response, bytes);
      return;
    }
    await readAnswerStream(response, {
      server: this.#link.server,
      link: this.#link,
      request: envelope,
      receive,
      // Events are numbered for one session, and in the stateless era for none.
      resuming: () =>
        flight.isModern || flight.isCancelled || this.#sessions.current !== session
          ? undefined
          : sessionHeaders(session),
      signal: flight.controller.signal,
    });
  }

  /** In the stateless era closing the answer's stream is the cancellation; before, the server is told. */
  #cancels(bytes: Buffer): boolean {
    const message: unknown = JSON.parse(bytes.toString('utf8'));
    const id = isRecord(message) && isRecord(message.params) ? message.params.requestId : undefined;
    const flight = this.#inFlight.get(JSON.stringify(id));
    if (!flight) return false;
    if (flight.isModern) flight.controller.abort();
    else flight.isCancelled = true;
    return flight.isModern;
  }
}
