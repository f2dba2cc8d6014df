import type { JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { Conversation } from './pool.ts';
import type { Seat } from './seat.ts';
import type { ServedServer } from './served-server.ts';

/** Somebody who wants to hear when a resource changes. */
export interface Subscriber {
  /** Unique; the same one subscribes to a URI once. */
  readonly id: string;
  readonly seat: Seat;
  updated(params: JsonObject): void;
}

export interface Wanted {
  readonly served: ServedServer;
  /** The server's own URI. */
  readonly own: string;
  /** The one the subscriber knows. */
  readonly shown: string;
}

/** Who wants to hear of which resources. A server hears of each URI once, however many want it. */
export interface Subscriptions {
  /** @throws what the server answers. */
  add(subscriber: Subscriber, wanted: Wanted, signal: StopSignal): Promise<void>;
  remove(subscriber: Subscriber, shown: string): void;
  /** All of a subscriber that is gone. */
  forget(subscriber: Subscriber): void;
  updated(server: string, seat: Seat, params: JsonObject): void;
  /** Whether the server tells of changes of one of its resources. */
  has(served: ServedServer, own: string, seat: Seat): boolean;
  /** A server's new conversation has not heard of anything yet. */
  opened(served: ServedServer, conversation: Conversation): void;
  /** A server is another one now, or gone: who subscribed at it goes on with the new one. */
  moved(server: string, now: ServedServer | undefined): void;
}

interface Subscription extends Wanted {
  readonly subscriber: Subscriber;
  unpin(): void;
}

type Ask = (conversation: Conversation, method: string, uri: string, signal: StopSignal) => Promise<void>;

export function createSubscriptions(ask: Ask): Subscriptions {
  let all: readonly Subscription[] = [];
  const sameAtServer = (one: Wanted, seat: Seat): readonly Subscription[] =>
    all.filter(
      ({ served, own, subscriber }) =>
        served.name === one.served.name && own === one.own && subscriber.seat.key === seat.key,
    );
  const drop = (gone: readonly Subscription[]): void => {
    all = all.filter((one) => !gone.includes(one));
    for (const one of gone) {
      one.unpin();
      if (sameAtServer(one, one.subscriber.seat).length > 0) continue;
      const [conversation] = one.served.held(one.subscriber.seat);
      const signal = AbortSignal.timeout(UNSUBSCRIBE_MS);
      // Whoever is not told goes on telling what nobody hears.
      if (conversation) ask(conversation, 'resources/unsubscribe', one.own, signal).catch(() => {});
    }
  };
  return {
    async add(subscriber, wanted, signal) {
      const { served, own, shown } = wanted;
      if (all.some((one) => one.subscriber.id === subscriber.id && one.shown === shown)) return;
      await served.use(subscriber.seat, { signal }, async (conversation) => {
        if (sameAtServer(wanted, subscriber.seat).length === 0) {
          await ask(conversation, 'resources/subscribe', own, signal);
        }
        all = [...all, { ...wanted, subscriber, unpin: served.pin(conversation) }];
      });
    },
    remove(subscriber, shown) {
      drop(all.filter((one) => one.subscriber.id === subscriber.id && one.shown === shown));
    },
    forget({ id }) {
      drop(all.filter(({ subscriber }) => subscriber.id === id));
    },
    updated(server, seat, params) {
      const uri = String(params.uri);
      for (const { served, own, shown, subscriber } of all) {
        const isIts = served.name === server && (uri === own || uri.startsWith(`${own}/`));
        const isModern = served.held(seat)[0]?.upstream.about.era === 'modern';
        if (!isIts || !(isModern || subscriber.seat.key === seat.key)) continue;
        // A URI of ours has the server's at its end, so the rest can follow it.
        subscriber.updated({ ...params, uri: shown + uri.slice(own.length) });
      }
    },
    has: (served, own, seat) => sameAtServer({ served, own, shown: own }, seat).length > 0,
    opened(served, conversation) {
      const { seat } = conversation;
      const concerned = all.filter(
        (one) => one.served.name === served.name && one.subscriber.seat.key === seat.key,
      );
      const signal = AbortSignal.timeout(RESUBSCRIBE_MS);
      for (const own of new Set(concerned.map((one) => one.own))) {
        ask(conversation, 'resources/subscribe', own, signal).catch(() => {});
      }
      all = all.map((one) => {
        if (!concerned.includes(one)) return one;
        one.unpin();
        return { ...one, served, unpin: served.pin(conversation) };
      });
    },
    moved(server, now) {
      const concerned = all.filter(({ served }) => served.name === server);
      if (!now) all = all.filter((one) => !concerned.includes(one));
      const seats = new Map(concerned.map(({ subscriber: { seat } }) => [seat.key, seat]));
      const signal = AbortSignal.timeout(RESUBSCRIBE_MS);
      for (const seat of seats.values()) now?.use(seat, { signal }, async () => {}).catch(() => {});
    },
  };
}

const UNSUBSCRIBE_MS = 10_000;
const RESUBSCRIBE_MS = 30_000;
