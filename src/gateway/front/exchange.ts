import type { EventStream } from './event-stream.ts';
import { startEvents } from './events.ts';
import { accept, reply } from './http-reply.ts';
import type { Reply } from './reply.ts';
import type { TakenEvents } from './taken-events.ts';

/** What the exchanges of one session share. */
export interface ExchangeHost {
  /** Of each response. */
  readonly headers: Readonly<Record<string, string>>;
  open(): EventStream;
  /** Takes messages where a client cannot take events on its POST. */
  elsewhere(line: Buffer): void;
  done(exchange: Exchange): void;
}

export interface ExchangeOptions {
  readonly response: Reply;
  /** JSON texts of the ids of its requests. */
  readonly ids: readonly string[];
  readonly events: TakenEvents;
}

/**
 * One POST of the legacy era and what comes back on it: JSON when the answer is all there is, events as soon as
 * something comes before it, or it takes long, or the client would rather have them.
 */
export class Exchange {
  readonly ids: readonly string[];
  readonly #host: ExchangeHost;
  readonly #response: Reply;
  readonly #taken: TakenEvents;
  #stream: EventStream | undefined;

  constructor(host: ExchangeHost, { response, ids, events }: ExchangeOptions) {
    this.#host = host;
    this.#response = response;
    this.#taken = events;
    this.ids = ids;
  }

  get isStreamed(): boolean {
    return this.#stream !== undefined;
  }

  /** Sends a message ahead of the answer. */
  send(line: Buffer): void {
    const opened = this.#events();
    if (opened) opened.send(line);
    else this.#host.elsewhere(line);
  }

  /** Ends it; undefined when the client cancelled what it asked for. */
  answer(line: Buffer | undefined): void {
    if (this.#taken === 'rather' && line) this.#events();
    if (this.#stream) {
      if (line) this.#stream.send(line);
      this.#stream.end();
    } else if (line) reply(this.#response, 200, line, this.#host.headers);
    else accept(this.#response);
    this.#host.done(this);
  }

  keepAlive(): void {
    if (!this.#stream) this.#events();
  }

  #events(): EventStream | undefined {
    const response = this.#response;
    const cannot = this.#taken === 'never' || response.destroyed || response.headersSent;
    if (this.#stream || cannot) return this.#stream;
    this.#stream = this.#host.open();
    startEvents(response, this.#host.headers);
    this.#stream.attach(response);
    return this.#stream;
  }
}
