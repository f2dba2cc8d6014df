import type { Upstream } from '../upstream/upstream.ts';
import { abortable } from './abortable.ts';
import type { Seat } from './seat.ts';

/** A conversation with a server and what goes on in it. */
export interface Conversation {
  readonly seat: Seat;
  readonly upstream: Upstream;
}

export interface UseOptions {
  readonly signal: AbortSignal;
  /** A request during which the server may ask: in a lane of its own where it could not be told whom. */
  readonly isExclusive?: boolean;
}

/** The conversations with one server. */
export interface Pool {
  /** Lends the conversation that serves a seat, started when there is none. @throws what starting throws. */
  use<T>(seat: Seat, options: UseOptions, work: (conversation: Conversation) => Promise<T>): Promise<T>;
  /** Conversations that are held, or all a seat would get. */
  held(seat?: Seat): readonly Conversation[];
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
  idle?: NodeJS.Timeout;
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
    const place: Place = { seat, opening, isTaken: false, users: 0, pins: 0, isRetired: false };
    places.add(place);
    opening.catch(() => drop(place));
    return place;
  };
  /** Undefined when a lane must come free first. */
  const find = (seat: Seat, isExclusive: boolean): Place | undefined => {
    const usable = [...places].filter(({ isRetired }) => !isRetired);
    // A modern server keeps nothing between requests: one conversation serves all.
    const modern = usable.find(({ conversation }) => conversation?.upstream.about.era === 'modern');
    if (modern) return modern;
    const own = usable.filter(({ seat: { key } }) => key === seat.key);
    if (!isExclusive) return own[0] ?? add(seat);
    const free = own.find(({ isTaken }) => !isTaken);
    return free ?? (own.length < MOST_LANES ? add(seat) : undefined);
  };
  const settle = (place: Place): void => {
    clearTimeout(place.idle);
    if (place.users > 0 || place.pins > 0 || !places.has(place)) return;
    if (place.isRetired) void end(place);
    else if (options.idleStopMs() > 0 && place.seat.kind !== 'own') {
      place.idle = setTimeout(() => void end(place), options.idleStopMs()).unref();
    }
  };

  return {
    async use(seat, { signal, isExclusive = false }, work) {
      const takes = isExclusive && seat.kind === 'lane';
      let place = find(seat, takes);
      while (!place) {
        await abortable(new Promise<void>((resolve) => queue.push(resolve)), signal);
        place = find(seat, takes);
      }
      const used = place;
      used.users += 1;
      if (takes) used.isTaken = true;
      clearTimeout(used.idle);
      try {
        return await work(used.conversation ?? (await abortable(used.opening, signal)));
      } finally {
        used.users -= 1;
        if (takes) {
          used.isTaken = false;
          queue.shift()?.();
        }
        settle(used);
      }
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
      clearTimeout(place.idle);
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
