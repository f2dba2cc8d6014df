import { randomBytes } from 'node:crypto';
import { ShortLivedMap } from '../../core/short-lived-map.ts';
import type { Hub } from '../hub/hub.ts';
import { type Conversation, createConversation } from './conversation.ts';
import { createEventStream, type EventStream } from './event-stream.ts';
import { startEvents } from './events.ts';
import { Exchange, type ExchangeHost, type ExchangeOptions } from './exchange.ts';
import type { Reply } from './reply.ts';

/** A session of the legacy era over HTTP: one client, several connections. */
export interface LegacySession {
  /** Random; whoever knows it and has the principal's token speaks for the client. */
  readonly id: string;
  readonly principal: string;
  readonly only: string | undefined;
  readonly profile: string | undefined;
  readonly conversation: Conversation;
  /** What `initialize` agreed on. */
  version: string | undefined;
  /** `performance.now()`. */
  readonly begunAt: number;
  /** When something was last heard of the client; `performance.now()`. */
  heardAt: number;
  /** True while the client waits for an answer or listens. */
  readonly isBusy: boolean;
  /** One POST with requests. */
  exchange(options: ExchangeOptions): Exchange;
  /** Lets the client listen, or read on after an event; false when that event is of no stream we know. */
  listen(response: Reply, lastEventId: string | undefined): boolean;
  keepAlive(): void;
  /** Ends the streams nothing is asked on, so that the client looks for another gateway. */
  stopListening(): void;
  close(): void;
}

export interface LegacySessionOptions {
  readonly hub: Hub;
  readonly principal: string;
  readonly only?: string;
  readonly profile?: string;
}

/** The stream on which the server speaks unasked. */
const OWN = 0;

export function createLegacySession(options: LegacySessionOptions): LegacySession {
  const { principal, only, profile } = options;
  const id = randomBytes(16).toString('hex');
  const streams = new Map<number, EventStream>();
  /** By the ids of their requests. */
  const exchanges = new ShortLivedMap<Exchange>();
  let lastStream = OWN;
  const isPrimed = (): boolean => (session.version ?? '') >= '2025-11-25';
  const stream = (name: number): EventStream => {
    const opened = streams.get(name) ?? createEventStream(name, { isPrimed: isPrimed() });
    streams.set(name, opened);
    return opened;
  };
  const conversation = createConversation({
    ...options,
    era: 'legacy',
    send(line, during) {
      const exchange = during === undefined ? undefined : exchanges.get(during);
      (exchange ?? stream(OWN)).send(line);
    },
  });
  const host: ExchangeHost = {
    headers: { 'mcp-session-id': id },
    open() {
      lastStream += 1;
      return stream(lastStream);
    },
    elsewhere: (line) => stream(OWN).send(line),
    done({ ids, isStreamed }) {
      for (const each of ids) exchanges.delete(each);
      if (isStreamed) forgetFinished(streams);
    },
  };
  const session: LegacySession = {
    id,
    principal,
    only,
    profile,
    conversation,
    version: undefined,
    begunAt: performance.now(),
    heardAt: performance.now(),
    get isBusy() {
      return conversation.size > 0 || [...streams.values()].some(({ isAttached }) => isAttached);
    },
    exchange(given) {
      const exchange = new Exchange(host, given);
      for (const each of given.ids) exchanges.set(each, exchange);
      return exchange;
    },
    listen(response, lastEventId) {
      const [, name, number] = /^(\d{1,9})-(\d{1,9})$/.exec(lastEventId ?? `${OWN}-0`) ?? [];
      const isResumed = lastEventId !== undefined;
      const found = isResumed ? streams.get(Number(name)) : stream(OWN);
      if (!found) return false;
      startEvents(response, host.headers);
      found.attach(response, isResumed ? Number(number) : undefined);
      return true;
    },
    keepAlive() {
      forgetFinished(streams);
      for (const each of streams.values()) each.keepAlive();
      for (const each of new Set(exchanges.values())) each.keepAlive();
    },
    stopListening: () => streams.get(OWN)?.end(),
    close() {
      conversation.close();
      for (const each of streams.values()) each.end();
    },
  };
  return session;
}

/** What is kept of finished streams, for clients that read on: so many, so long, and so much of all together. */
const FINISHED = { most: 8, ms: 120_000, bytes: 4 * 1024 * 1024 } as const;

function forgetFinished(streams: Map<number, EventStream>): void {
  if (streams.size === 0) return;
  const oldest = performance.now() - FINISHED.ms;
  let count = 0;
  let bytes = 0;
  // The latest first: it is the one a client may not have read yet.
  for (const [name, { endedAt, size }] of [...streams].reverse()) {
    if (endedAt === undefined) continue;
    count += 1;
    bytes += size;
    const isTooMuch = count > FINISHED.most || (count > 1 && bytes > FINISHED.bytes);
    if (isTooMuch || endedAt < oldest) streams.delete(name);
  }
}
