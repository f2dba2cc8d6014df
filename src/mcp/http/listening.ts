import type { IncomingMessage } from 'node:http';
import { McpctlError } from '../../core/errors.ts';
import { isBusy, LONGEST_RETRY_MS, RETRY_MS, type Receive } from './answer-stream.ts';
import { type HttpLink, isEventStream } from './http-link.ts';
import { pause, readEvents } from './read-events.ts';

export interface ListeningOptions {
  readonly link: HttpLink;
  /** Of the session. */
  readonly headers: Readonly<Record<string, string>>;
  readonly receive: Receive;
  readonly signal: AbortSignal;
}

/** `unoffered`: the server has no such stream. `expired`: it forgot the session. `refused`: it wants a sign-in. */
type ListeningEnd = 'unoffered' | 'expired' | 'refused';

interface Progress {
  hasListened: boolean;
  lastId?: string;
  /** Until the next try, in milliseconds. */
  wait: number;
}

/** Keeps open the stream on which a legacy server speaks unasked, and reads on where it broke off. */
export async function listen(options: ListeningOptions): Promise<ListeningEnd> {
  const progress: Progress = { hasListened: false, wait: RETRY_MS };
  for (;;) {
    const end = await listenOnce(options, progress);
    if (end) return end;
    await pause(progress.wait, options.signal);
  }
}

/** Undefined when it is worth another try. */
async function listenOnce(options: ListeningOptions, progress: Progress): Promise<ListeningEnd | undefined> {
  const { link, signal } = options;
  const resumed = progress.lastId !== undefined && { 'last-event-id': progress.lastId };
  const headers = { accept: 'text/event-stream', ...resumed, ...options.headers };
  try {
    const response = await link.request({ method: 'GET', headers, isRepeatable: true, signal });
    if (response.statusCode === 200 && isEventStream(response)) {
      await hear(response, options, progress);
      return undefined;
    }
    response.resume();
    if (progress.hasListened && response.statusCode === 404) return 'expired';
    if (!progress.hasListened || !isBusy(response)) return 'unoffered';
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    if (error.code !== 'SERVER_UNREACHABLE') return 'refused';
  }
  progress.wait = longer(progress.wait);
  return undefined;
}

async function hear(
  response: IncomingMessage,
  { receive, signal }: ListeningOptions,
  progress: Progress,
): Promise<void> {
  progress.hasListened = true;
  const opened = performance.now();
  let isLively = false;
  const message: Receive = (bytes, envelope) => {
    isLively = true;
    receive(bytes, envelope);
  };
  const { lastId, retryMs } = await readEvents(response, { message }, signal);
  if (lastId !== undefined) progress.lastId = lastId;
  isLively ||= performance.now() - opened > LONGEST_RETRY_MS;
  // Without a wish of the server, one that hangs up at once is asked ever more rarely.
  progress.wait = retryMs ?? (isLively ? RETRY_MS : longer(progress.wait));
}

function longer(wait: number): number {
  return Math.min(wait * 2, LONGEST_RETRY_MS);
}
