import type { IncomingMessage } from 'node:http';
import { type Envelope, readEnvelope } from '../envelope.ts';
import { createEventStream, type ServerSentEvent } from './event-stream.ts';

export interface StreamEnd {
  /** Where to resume. */
  readonly lastId?: string;
  /** How long the server asks to wait before that, in milliseconds. */
  readonly retryMs?: number;
}

export interface StreamReader {
  /** One message of the server, on one line. */
  message(bytes: Buffer, envelope: Envelope): void;
  /** Any event that is no message. */
  other?(event: ServerSentEvent): void;
}

/** Reads an event stream until it ends or breaks; rejects only when the caller aborted it. */
export function readEvents(
  response: IncomingMessage,
  { message, other }: StreamReader,
  signal: AbortSignal,
): Promise<StreamEnd> {
  let lastId: string | undefined;
  let retryMs: number | undefined;
  const events = createEventStream({
    onId(id) {
      lastId = id;
    },
    onRetry(milliseconds) {
      retryMs = milliseconds;
    },
    onEvent(event) {
      const envelope = event.type === 'message' ? readEnvelope(event.data) : undefined;
      if (envelope) message(event.data, envelope);
      else other?.(event);
    },
  });
  return new Promise((resolve, reject) => {
    const stop = (): void => void response.destroy();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    response.on('data', (chunk: Buffer) => events.push(chunk));
    // What breaks is told by 'close', as is the plain end.
    response.on('error', () => {});
    response.on('close', () => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason);
      else resolve({ ...(lastId && { lastId }), ...(retryMs !== undefined && { retryMs }) });
    });
  });
}

/** Waits; rejects when the signal aborts. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
