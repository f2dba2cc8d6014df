import type { ServerResponse } from 'node:http';
import type { EventStream } from './event-stream.ts';
import { startEvents } from './events.ts';
import { accept, reply } from './http-reply.ts';

/**
 * One POST of the legacy era and what comes back on it: JSON when the answer is all there is, events as soon as
 * something comes before it, or it takes long, or the client would rather have them.
 */
export interface Exchange {
  /** Sends a message ahead of the answer; false when this client cannot take one here. */
  send(line: Buffer): boolean;
  /** Ends it; undefined when the client cancelled what it asked for. */
  answer(line: Buffer | undefined): void;
  keepAlive(): void;
}

/** Whether a client takes an answer as events. */
export type TakenEvents = 'never' | 'when-needed' | 'rather';

export interface ExchangeOptions {
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: TakenEvents;
  open(): EventStream;
  done(): void;
}

export function createExchange(options: ExchangeOptions): Exchange {
  const { response, headers, events: taken, open, done } = options;
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
      opened?.send(line);
      return opened !== undefined;
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
