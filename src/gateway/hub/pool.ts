import type { StopSignal } from '../../core/stop.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { abortable } from './abortable.ts';
import type { Seat } from './seat.ts';

/** A conversation with a server and what goes on in it. */
export interface Conversation {
  readonly seat: Seat;
  readonly upstream: Upstream;
}

export interface UseOptions {
  readonly signal: StopSignal;
  /** A request during which the server may ask: in a lane of its own where it could not be told whom. */
  readonly isExclusive?: boolean;
}

/** A conversation that somebody uses. */
export interface Loan {
  readonly conversation: Conversation;
  giveBack(): void;
}

/** The conversations with one server. */
export interface Pool {
  /** The conversation that serves a seat: at once where it is there, else started. Rejects with what starting throws. */
  lend(seat: Seat, options: UseOptions): Promise<Loan> | Loan;
  /** Conversations that are held, or all a seat would get. */
  held(seat?: Seat): readonly Conversation[];
  /** Whether there is one a seat would get. */
  holds(seat: Seat): boolean;
  isStarting(): boolean;
  /** Keeps a conversation although nobody calls, until the function returned is called. */
  pin(conversation: Conversation): () => void;
  /** Ends those of a seat whose client is gone. */
  release(seat: Seat): void;
  /** Ends all of them, each when its requests were answered; later ones get new conversations. */
  retire(): Promise<void>;
  /** Ends all of them at once. */
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly server: string;
  open(seat: Seat): Promise<Upstream>;
  /** Silence after which a conversation others could have again is ended, in milliseconds; 0: never. */
  idleStopMs(): number;
  opened(conversation: Conversation): void;
  /** With the reason, unless it was ended here. */
  ended(conversation: Conversation, reason: Error | undefined): void;
}

interface Place {
  readonly seat: Seat;
  readonly opening: Promise<Conversation>;
  conversation?: Conversation;
  /** By an exclusive request. */
  isTaken: boolean;
  users: number;
  pins: number;
  isRetired: boolean;
  /** `performance.now()` of the end of its last use. */
  restsSince: number;
  idle?: NodeJS.Timeout | undefined;
}

/** Lanes a server gets for one audience; more requests wait. */
const MOST_LANES = 16;

export function createPool(options: PoolOptions): Pool {
  const places = new Set<Place>();
  /** Requests that wait for a lane. */
  const queue: (() => void)[] = [];

  const drop = (place: Place): void => {
    places.delete(place);
    clearTimeout(place.idle);
    for (const wake of queue.splice(0)) wake();
  };
  const end = async (place: Place): Promise<void> => {
    drop(place);
    await (await place.opening.catch(() => undefined))?.upstream.close();
  };
  const add = (seat: Seat): Place => {
    const opening = options.open(seat).then((upstream) => {
      const conversation = { seat, upstream };
      place.conversation = conversation;
      upstream.ended.then((reason) => {
        drop(place);
        options.ended(conversation, reason);
      });
      options.opened(conversation);
      return conversation;
    });
    const place: Place = {
      seat,
      opening,
      isTaken: false,
      users: 0,
      pins: 0,
      isRetired: false,
      restsSince: 0,
    };
    places.add(place);
    opening.catch(() => drop(place));
    return place;
  };
  /** Undefined when a lane must come free first. */
  const find = (seat: Seat, isExclusive: boolean): Place | undefined => {
    let first: Place | undefined;
    let free: Place | undefined;
    let lanes = 0;
    for (const place of places) {
      if (place.isRetired) continue;
      // A modern server keeps nothing between requests: one conversation serves all.
      if (place.conversation?.upstream.about.era === 'modern') return place;
      if (place.seat.key !== seat.key) continue;
      first ??= place;
      if (!place.isTaken) free ??= place;
      lanes += 1;
    }
    if (!isExclusive) return first ?? add(seat);
    return free ?? (lanes < MOST_LANES ? add(seat) : undefined);
  };
  const isIdle = ({ users, pins }: Place): boolean => users === 0 && pins === 0;
  const settle = (place: Place): void => {
    if (!isIdle(place) || !places.has(place)) return;
    place.restsSince = performance.now();
    if (place.isRetired) void end(place);
    else rest(place, options.idleStopMs());
  };
  /** One timer for many short rests: it looks how long the last one has been. */
  const rest = (place: Place, ms: number): void => {
    if (options.idleStopMs() <= 0 || place.seat.kind === 'own') return;
    place.idle ??= setTimeout(() => {
      place.idle = undefined;
      if (!isIdle(place) || !places.has(place)) return;
      const left = place.restsSince + options.idleStopMs() - performance.now();
      if (left > 0) rest(place, Math.ceil(left));
      else void end(place);
    }, ms).unref();
  };

  /** Makes use of a place; what is returned ends that. */
  const enter = (place: Place, takes: boolean): (() => void) => {
    place.users += 1;
    if (takes) place.isTaken = true;
    return () => {
      place.users -= 1;
      if (takes) {
        place.isTaken = false;
        queue.shift()?.();
      }
      settle(place);
    };
  };
  /** `found` is a place that is not open yet. */
  const lendLater = async (
    seat: Seat,
    takes: boolean,
    { found, signal }: { readonly found: Place | undefined; readonly signal: StopSignal },
  ): Promise<Loan> => {
    let place = found;
    while (!place) {
      await abortable(new Promise<void>((resolve) => queue.push(resolve)), signal);
      place = find(seat, takes);
    }
    const giveBack = enter(place, takes);
    try {
      return { conversation: place.conversation ?? (await abortable(place.opening, signal)), giveBack };
    } catch (error) {
      giveBack();
      throw error;
    }
  };

  return {
    lend(seat, { signal, isExclusive = false }) {
      const takes = isExclusive && seat.kind === 'lane';
      const found = find(seat, takes);
      if (!found?.conversation) return lendLater(seat, takes, { found, signal });
      return { conversation: found.conversation, giveBack: enter(found, takes) };
    },
    holds(seat) {
      for (const { conversation, isRetired } of places) {
        if (conversation && !isRetired && serves(conversation, seat)) return true;
      }
      return false;
    },
    held: (seat) =>
      [...places].flatMap(({ conversation, isRetired }) =>
        conversation && !isRetired && (!seat || serves(conversation, seat)) ? [conversation] : [],
      ),
    isStarting: () => [...places].some(({ conversation }) => !conversation),
    pin(conversation) {
      const place = [...places].find((one) => one.conversation === conversation);
      if (!place) return () => {};
      place.pins += 1;
      let isPinned = true;
      return () => {
        if (!isPinned) return;
        isPinned = false;
        place.pins -= 1;
        settle(place);
      };
    },
    release(seat) {
      for (const place of places) {
        if (place.seat.key === seat.key && place.conversation?.upstream.about.era !== 'modern')
          void end(place);
      }
    },
    async retire() {
      const retired = [...places];
      for (const place of retired) {
        place.isRetired = true;
        place.pins = 0;
        settle(place);
      }
      await Promise.all(retired.map(async ({ conversation }) => await conversation?.upstream.ended));
    },
    async close() {
      await Promise.all([...places].map(end));
    },
  };
}

function serves({ seat, upstream }: Conversation, wanted: Seat): boolean {
  return upstream.about.era === 'modern' || seat.key === wanted.key;
}
