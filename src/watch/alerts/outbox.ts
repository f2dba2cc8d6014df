import { randomUUID } from 'node:crypto';
import type { Message, NewMessage } from './alert.ts';
import { type AlertBook, type ChannelRecord, NEW_CHANNEL } from './book.ts';

/** How a service wants to be told. */
export interface Habits {
  /** Whether several changes may come as one message. */
  readonly digests: boolean;
  /** Between two messages, in milliseconds. */
  readonly paceMs: number;
  /** Pauses before further attempts, in milliseconds; the last one repeats. */
  readonly pausesMs: readonly number[];
}

/** What came of sending: taken, refused for good, or to be sent again. */
export interface Delivery {
  readonly outcome: 'taken' | 'refused' | 'later';
  /** What the service said, without secrets. */
  readonly answer: string;
  /** How long it asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** What to do next about a channel: send this, or wait until then, or nothing. */
export type Step =
  | { readonly send: readonly Message[] }
  | { readonly waitUntil: number }
  | { readonly isDone: true };

const MOST_WAITING = 200;
const MOST_SINGLE = 5;
const MOST_IN_DIGEST = 40;
const MINUTE_MS = 60_000;
/** What could not be told for so long is given up. */
const OLDEST_MS = 86_400_000;

/** The book with more messages. Where too many wait for a channel, the oldest make room and are lost. */
export function enqueue(book: AlertBook, fresh: readonly NewMessage[], now: number): AlertBook {
  if (fresh.length === 0) return book;
  const added = fresh.map((each) => ({ ...each, id: randomUUID(), madeAt: now, attempts: 0 }));
  let outbox: Message[] = [...book.outbox, ...added];
  const channels = { ...book.channels };
  for (const name of new Set(fresh.map(({ channel }) => channel))) {
    const waiting = outbox.filter(({ channel }) => channel === name);
    const lost = new Set(waiting.slice(0, Math.max(0, waiting.length - MOST_WAITING)));
    if (lost.size === 0) continue;
    outbox = outbox.filter((message) => !lost.has(message));
    const known = channels[name] ?? NEW_CHANNEL;
    channels[name] = { ...known, lost: known.lost + lost.size };
  }
  return { ...book, outbox, channels };
}

/** What to do about a channel now. More than five changes in a minute become one message. */
export function nextStep(book: AlertBook, channel: string, habits: Habits, now: number): Step {
  const { sentAt, pausedUntil } = book.channels[channel] ?? NEW_CHANNEL;
  const waiting = book.outbox.filter((message) => message.channel === channel);
  const due = waiting.filter(({ notBefore }) => notBefore <= now);
  const [first] = due;
  if (!first) {
    const next = Math.min(...waiting.map(({ notBefore }) => notBefore));
    return waiting.length === 0 ? { isDone: true } : { waitUntil: next };
  }
  if (pausedUntil > now) return { waitUntil: pausedUntil };
  if (!habits.digests) return { send: [first] };
  const recent = sentAt.filter((at) => now - at < MINUTE_MS);
  const room = MOST_SINGLE - recent.length;
  if (due.length <= room) return { send: [first] };
  const [oldest = now] = recent;
  return room > 0 ? { send: due.slice(0, MOST_IN_DIGEST) } : { waitUntil: oldest + MINUTE_MS };
}

/** The book after messages were sent, or could not be. */
export function settled(
  book: AlertBook,
  sent: readonly Message[],
  { outcome, answer, retryAfterMs }: Delivery,
  { habits, now }: { readonly habits: Habits; readonly now: number },
): AlertBook {
  const [first] = sent;
  if (!first) return book;
  const ids = new Set(sent.map(({ id }) => id));
  const before = book.channels[first.channel] ?? NEW_CHANNEL;
  const isOld = outcome === 'later' && now - first.madeAt > OLDEST_MS;
  const staying = outcome === 'later' && !isOld;
  const outbox = book.outbox.flatMap((message) => {
    if (!ids.has(message.id)) return message;
    return staying ? { ...message, attempts: message.attempts + 1 } : [];
  });
  const pause =
    retryAfterMs ?? habits.pausesMs[Math.min(first.attempts, habits.pausesMs.length - 1)] ?? MINUTE_MS;
  const { fault: _, ...rest } = before;
  const channel: ChannelRecord = {
    ...rest,
    sentAt: [...before.sentAt.filter((at) => now - at < MINUTE_MS), ...(outcome === 'taken' ? [now] : [])],
    pausedUntil: now + (staying ? Math.max(pause, habits.paceMs) : habits.paceMs),
    lost: before.lost + (outcome === 'refused' || isOld ? sent.length : 0),
    ...(outcome !== 'taken' && { fault: { at: now, message: answer } }),
  };
  return { ...book, outbox, channels: { ...book.channels, [first.channel]: channel } };
}
