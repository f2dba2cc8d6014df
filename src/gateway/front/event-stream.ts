import { eventOf, firstEvent, KEEP_ALIVE, push } from './events.ts';
import type { Reply } from './reply.ts';

/** Messages of a legacy session in the order of their ids, which survive the connection they were sent on. */
export interface EventStream {
  /** Sends, or keeps until somebody listens. */
  send(line: Buffer): void;
  /** Continues on this response, after the event of that number; by default after what was sent last. */
  attach(response: Reply, after?: number): void;
  keepAlive(): void;
  /** Nothing more comes. What was sent can still be read again. */
  end(): void;
  /** `performance.now()` of its end. */
  readonly endedAt: number | undefined;
  /** Bytes that are kept. */
  readonly size: number;
  readonly isAttached: boolean;
}

const MOST_EVENTS = 1000;
const MOST_BYTES = 1024 * 1024;
/** How soon a client may come back after a break, in milliseconds. */
const RETRY_MS = 1000;

interface Kept {
  readonly number: number;
  readonly bytes: Buffer;
}

/** `isPrimed`: the client knows a first event without data (2025-11-25); an older one would choke on it. */
export function createEventStream(name: number, { isPrimed }: { isPrimed: boolean }): EventStream {
  const kept: Kept[] = [];
  let size = 0;
  let last = 0;
  let sent = 0;
  let endedAt: number | undefined;
  let response: Reply | undefined;
  const isOpen = (): boolean => response !== undefined && !response.destroyed && !response.writableEnded;
  const finish = (): void => {
    if (isOpen()) response?.end();
    response = undefined;
  };
  return {
    send(line) {
      if (endedAt !== undefined) return;
      last += 1;
      const bytes = eventOf(line, `${name}-${last}`);
      kept.push({ number: last, bytes });
      size += bytes.length;
      while (kept.length > MOST_EVENTS || (size > MOST_BYTES && kept.length > 1)) {
        size -= kept.shift()?.bytes.length ?? 0;
      }
      if (!response || !isOpen()) return;
      sent = last;
      push(response, bytes);
    },
    attach(next, after = sent) {
      // Whoever comes back need not wait until we notice that the old connection is gone.
      finish();
      response = next;
      if (isPrimed) push(next, firstEvent(`${name}-${Math.min(after, last)}`, RETRY_MS));
      for (const { number, bytes } of kept) if (number > after) push(next, bytes);
      sent = last;
      if (endedAt !== undefined) finish();
    },
    keepAlive() {
      if (response && isOpen()) push(response, KEEP_ALIVE);
    },
    end() {
      endedAt ??= performance.now();
      finish();
    },
    get endedAt() {
      return endedAt;
    },
    get size() {
      return size;
    },
    get isAttached() {
      return isOpen();
    },
  };
}
