import type { IncomingMessage } from 'node:http';
import { McpctlError } from '../../core/errors.ts';
import type { Envelope } from '../envelope.ts';
import { lostAnswer } from './http-failure.ts';
import { type HttpLink, isEventStream } from './http-link.ts';
import { pause, readEvents } from './read-events.ts';

export type Receive = (bytes: Buffer, envelope: Envelope) => void;

export interface AnswerStreamOptions {
  readonly server: string;
  readonly link: HttpLink;
  readonly request: Envelope | undefined;
  readonly receive: Receive;
  /** Headers to read on with where the stream broke off; undefined when nobody would know what to go on with. */
  resuming(): Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal;
}

/** Tries in a row that bring nothing new. */
const RESUME_ATTEMPTS = 6;
export const RETRY_MS = 1000;
export const LONGEST_RETRY_MS = 30_000;
/** How long a server may keep a stream open after its last message. */
const LINGER_MS = 1000;

/**
 * Hands out the messages on the stream that answers one request. Where the server numbers its events, a stream that
 * ends before the answer is read on after the time the server asks for.
 * @throws SERVER_UNREACHABLE when the answer is lost.
 */
export async function readAnswerStream(first: IncomingMessage, options: AnswerStreamOptions): Promise<void> {
  const { server, request, receive, resuming, signal } = options;
  let response: IncomingMessage | undefined = first;
  let isAnswered = request?.kind !== 'request';
  let linger: NodeJS.Timeout | undefined;
  const message: Receive = (bytes, envelope) => {
    if (envelope.kind === 'response' && envelope.id === request?.id) {
      isAnswered = true;
      linger ??= setTimeout(() => response?.destroy(), LINGER_MS).unref();
    }
    receive(bytes, envelope);
  };
  let lastId: string | undefined;
  let retryMs = RETRY_MS;
  for (let attempt = 1; ; attempt += 1) {
    if (response) {
      const end = await readEvents(response, { message }, signal).finally(() => clearTimeout(linger));
      if (isAnswered) return;
      if (end.lastId !== undefined && end.lastId !== lastId) attempt = 1;
      lastId = end.lastId ?? lastId;
      retryMs = end.retryMs ?? retryMs;
    }
    const headers = resuming();
    if (lastId === undefined || !headers || attempt > RESUME_ATTEMPTS) break;
    const backoff = response ? 1 : 2 ** (attempt - 1);
    await pause(Math.max(retryMs, Math.min(retryMs * backoff, LONGEST_RETRY_MS)), signal);
    response = await resume(options, { ...headers, 'last-event-id': lastId });
    if (response && !isEventStream(response)) {
      response.resume();
      break;
    }
  }
  throw lostAnswer(server, request?.method);
}

/** The stream from where it broke off; undefined when the server is not there right now. */
async function resume(
  { link, signal }: AnswerStreamOptions,
  own: Readonly<Record<string, string>>,
): Promise<IncomingMessage | undefined> {
  try {
    const headers = { accept: 'text/event-stream', ...own };
    const response = await link.request({ method: 'GET', headers, isRepeatable: true, signal });
    if (!isBusy(response)) return response;
    response.resume();
    return undefined;
  } catch (error) {
    if (error instanceof McpctlError && error.code === 'SERVER_UNREACHABLE') return undefined;
    throw error;
  }
}

/** True for an answer that may be another one soon. */
export function isBusy({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode === 429 || statusCode >= 500;
}
