import type { MeasuredCall } from '../../calls/meter.ts';
import { bucketOf } from './durations.ts';
import { BOUNDS } from './metrics.ts';

/** Calls of one server within the last five minutes, or since the process began when that is less. */
export interface RecentCalls {
  /** Time they were counted over, in seconds. */
  readonly seconds: number;
  readonly calls: number;
  /** Calls that failed, by the fault of the server or of what they asked. */
  readonly errors: number;
  readonly rateLimited: number;
  /** Calls the cache was asked for, and those it answered. */
  readonly cacheAsked: number;
  readonly cacheHits: number;
  /** How many took at most each bound and longer than the one before, and one for those that took longer than all. */
  readonly counts: readonly number[];
}

/** Counts what happened lately, in bounded memory. */
export interface RecentCounter {
  called(call: Pick<MeasuredCall, 'server' | 'outcome' | 'seconds'>): void;
  cached(server: string, isHit: boolean): void;
  rateLimited(server: string): void;
  of(server: string): RecentCalls | undefined;
}

const SLOT_MS = 30_000;
const SLOTS = 10;

/** What says nothing of how well the server works. */
const NO_ERRORS: ReadonlySet<string> = new Set(['ok', 'denied', 'rate_limited', 'cancelled']);

type Slot = { -readonly [K in Exclude<keyof RecentCalls, 'seconds' | 'counts'>]: number } & {
  readonly index: number;
  readonly counts: number[];
};

/** `now` in milliseconds of any clock that goes forward. */
export function createRecentCounter(now: () => number): RecentCounter {
  const begun = now();
  const servers = new Map<string, Slot[]>();
  const slotOf = (server: string): Slot => {
    const index = Math.floor(now() / SLOT_MS);
    let slots = servers.get(server);
    if (!slots) {
      slots = [];
      servers.set(server, slots);
    }
    const last = slots.at(-1);
    if (last?.index === index) return last;
    const slot = emptySlot(index);
    slots.push(slot);
    while ((slots[0]?.index ?? index) <= index - SLOTS) slots.shift();
    return slot;
  };
  return {
    called({ server, outcome, seconds }) {
      const slot = slotOf(server);
      const bucket = bucketOf(seconds);
      slot.calls += 1;
      if (!NO_ERRORS.has(outcome)) slot.errors += 1;
      slot.counts[bucket] = (slot.counts[bucket] ?? 0) + 1;
    },
    cached(server, isHit) {
      const slot = slotOf(server);
      slot.cacheAsked += 1;
      if (isHit) slot.cacheHits += 1;
    },
    rateLimited(server) {
      slotOf(server).rateLimited += 1;
    },
    of(server) {
      const time = now();
      const current = Math.floor(time / SLOT_MS);
      const slots = servers.get(server)?.filter(({ index }) => index > current - SLOTS);
      if (!slots || slots.length === 0) return undefined;
      const since = Math.max(begun, (current - SLOTS + 1) * SLOT_MS);
      return { ...sumOf(slots), seconds: Math.max(1, (time - since) / 1000) };
    },
  };
}

function emptySlot(index: number): Slot {
  const counts = new Array<number>(BOUNDS.length + 1).fill(0);
  return { index, calls: 0, errors: 0, rateLimited: 0, cacheAsked: 0, cacheHits: 0, counts };
}

function sumOf(slots: readonly Slot[]): Omit<RecentCalls, 'seconds'> {
  const total = emptySlot(0);
  for (const slot of slots) {
    total.calls += slot.calls;
    total.errors += slot.errors;
    total.rateLimited += slot.rateLimited;
    total.cacheAsked += slot.cacheAsked;
    total.cacheHits += slot.cacheHits;
    slot.counts.forEach((count, bucket) => {
      total.counts[bucket] = (total.counts[bucket] ?? 0) + count;
    });
  }
  const { index: _, ...sums } = total;
  return sums;
}
