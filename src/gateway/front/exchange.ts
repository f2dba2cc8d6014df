import type { EventStream } from './event-stream.ts';
import { startEvents } from './events.ts';
import { accept, reply } from './http-reply.ts';
import type { Reply } from './reply.ts';
import type { TakenEvents } from './taken-events.ts';

/**
 * One POST of the legacy era and what comes back on it: JSON when the answer is all there is, events as soon as
 * something comes before it, or it takes long, or the client would rather have them.
 */
export interface Exchange {
  /** Sends a message ahead of the answer. */
  send(line: Buffer): void;
  /** Ends it; undefined when the client cancelled what it asked for. */
  answer(line: Buffer | undefined): void;
  keepAlive(): void;
}

export interface ExchangeOptions {
  readonly response: Reply;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: TakenEvents;
  open(): EventStream;
  /** Takes messages where this client cannot take events on its POST. */
  elsewhere(line: Buffer): void;
  done(): void;
}

export function createExchange(options: ExchangeOptions): Exchange {
  const { response, headers, events: taken, open, elsewhere, done } = options;
  let stream: EventStream | undefined;
  const events = (): EventStream | undefined => {
    if (stream || taken === 'never' || response.destroyed || response.headersSent) return stream;
    stream = open();
    startEvents(response, headers);
    stream.attach(response);
    return stream;
  };
  return {
    send(line) {
      const opened = events();
      if (opened) opened.send(line);
      else elsewhere(line);
    },
    answer(line) {
      if (taken === 'rather' && line) events();
      if (stream) {
        if (line) stream.send(line);
        stream.end();
      } else if (line) reply(response, 200, line, headers);
      else accept(response);
      done();
    },
    keepAlive() {
      if (!stream) events();
    },
  };
}
