import { setMaxListeners } from 'node:events';
import type { McpctlError } from '../../core/errors.ts';
import { asKnown } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import type { UpstreamEvents } from '../upstream/upstream.ts';
import type { HubServer, ServerState } from './hub.ts';
import { LISTS, type ListName, listOffer, type Offer } from './offer.ts';
import type { OfferFile } from './offer-file.ts';
import { createOfferBook, type OfferBook } from './offers.ts';
import type { OpenUpstream } from './open-upstream.ts';
import { type Conversation, createPool, type UseOptions } from './pool.ts';
import { LOCAL, type Seat } from './seat.ts';
import type { ServerHere } from './servers-here.ts';
import { createStartFailures, needsSignIn } from './start-failures.ts';

/** One server behind the gateway: its conversations, what it offers, how it is. */
export interface ServedServer {
  readonly name: string;
  readonly here: ServerHere;
  readonly offers: OfferBook;
  /** Lends a conversation, started when there is none. @throws with `data.sent` false when it cannot be started. */
  use<T>(seat: Seat, options: UseOptions, work: (conversation: Conversation) => Promise<T>): Promise<T>;
  held(seat?: Seat): readonly Conversation[];
  pin(conversation: Conversation): () => void;
  /** The client of a seat of its own is gone. */
  release(seat: Seat): void;
  /** Why it could not be started, as long as that is its last word. */
  failure(): McpctlError | undefined;
  /** Its lists are so old that it is asked again, while it runs anyway. */
  isOld(seat: Seat): boolean;
  view(): HubServer;
  /** Begins anew at once; settles when it was listed again. */
  restart(): Promise<void>;
  /** Ends it when its requests were answered. */
  retire(): Promise<void>;
  close(): Promise<void>;
}

/** What a server has to say to the hub. */
export interface ServedEvents {
  /** Lists are other than clients were told. */
  changed(server: string, seat: Seat, names: readonly ListName[]): void;
  /** A notification that belongs to no request. */
  notified(server: string, seat: Seat, method: string, params: JsonObject): void;
  asked(server: string, seat: Seat, method: string, params: JsonObject): Promise<JsonObject>;
  /** A conversation begins: what its clients wanted of an earlier one must be asked for again. */
  opened(server: string, conversation: Conversation): void;
}

export interface ServedOptions {
  readonly here: ServerHere;
  readonly openUpstream: OpenUpstream;
  readonly file: OfferFile;
  idleStopMs(): number;
  readonly now: () => number;
  readonly events: ServedEvents;
}

const LIST_OF: Readonly<Record<string, readonly ListName[]>> = {
  'notifications/tools/list_changed': ['tools'],
  'notifications/prompts/list_changed': ['prompts'],
  'notifications/resources/list_changed': ['resources', 'resourceTemplates'],
};

export function createServedServer(options: ServedOptions): ServedServer {
  const { here, openUpstream, now, events } = options;
  const { name } = here;
  const failures = createStartFailures(name, now);
  const over = new AbortController();
  // Every list that is asked for listens to it.
  setMaxListeners(0, over.signal);
  let restarts = 0;
  let answeredAt: number | undefined;

  const offers: OfferBook = createOfferBook({
    file: options.file,
    list: (seat, names, before) =>
      use(seat, { signal: over.signal }, ({ upstream }) =>
        listOffer(upstream, { seat, names, now, signal: over.signal, ...(before && { before }) }),
      ),
    changed: (seat, names) => events.changed(name, seat, names),
  });
  /** All lists of a conversation are doubted: who holds it hears what is different. */
  const relist = (from: Seat, names: readonly ListName[] = LISTS): void => {
    const isModern = pool.held().some(({ upstream }) => upstream.about.era === 'modern');
    const isConcerned = (seat: Seat): boolean => isModern || seat.key === from.key;
    // Its failure shows in the next list or call.
    for (const seat of offers.distrust(names, isConcerned)) offers.refresh(seat, names).catch(() => {});
  };
  const eventsOf = (seat: Seat): UpstreamEvents => ({
    notified(method, params) {
      const names = LIST_OF[method];
      if (names) relist(seat, names);
      else events.notified(name, seat, method, params);
    },
    asked: (method, params) => events.asked(name, seat, method, params),
    restarted() {
      restarts += 1;
      relist(seat);
    },
  });
  const pool = createPool({
    server: name,
    idleStopMs: () => options.idleStopMs(),
    open: (seat) => openUpstream({ here, seat, events: eventsOf(seat), signal: over.signal }),
    opened(conversation) {
      events.opened(name, conversation);
      const { seat } = conversation;
      // What an earlier process or conversation was told may be out of date.
      if (offers.known(seat)) offers.refresh(seat).catch(() => {});
    },
    ended(_, reason) {
      if (reason) failures.failed(reason);
    },
  });

  const use: ServedServer['use'] = async (seat, useOptions, work) => {
    if (pool.held(seat).length === 0) failures.check();
    let isOpen = false;
    try {
      return await pool.use(seat, useOptions, async (conversation) => {
        isOpen = true;
        failures.succeeded();
        const result = await work(conversation);
        answeredAt = now();
        return result;
      });
    } catch (error) {
      throw isOpen ? error : failures.failed(error);
    }
  };
  const view = (): HubServer => {
    const held = pool.held();
    const about = held[0]?.upstream.about;
    const { state, reason } = stateOf(held.length > 0, pool.isStarting(), failures.last());
    return {
      name,
      state,
      ...(reason !== undefined && { reason }),
      ...(about && { era: about.era }),
      ...toolCount(held[0]?.seat, offers),
      pids: held.flatMap(({ upstream }) => upstream.pids),
      restarts,
      ...(answeredAt !== undefined && { answeredAt }),
    };
  };

  return {
    name,
    here,
    offers,
    use,
    held: pool.held,
    pin: pool.pin,
    release(seat) {
      pool.release(seat);
      offers.forget(seat);
    },
    failure: failures.last,
    isOld(seat) {
      const offer = offers.known(seat);
      return offer !== undefined && now() - offer.at > lifeOf(offer);
    },
    view,
    async restart() {
      failures.succeeded();
      const held = pool.held();
      // Within its conversation a program keeps what its clients agreed with it.
      const within = held.flatMap(({ upstream: { restart } }) => (restart ? [restart] : []));
      if (within.length < held.length) {
        restarts += 1;
        void pool.retire();
      } else await Promise.all(within.map((restart) => restart('asked')));
      await offers.refresh(held[0]?.seat ?? LOCAL);
    },
    async retire() {
      await pool.retire();
      await offers.kept();
    },
    async close() {
      over.abort(asKnown(new Error(`${name} is being stopped.`)));
      await pool.close();
      await offers.kept();
    },
  };
}

function stateOf(
  isHeld: boolean,
  isStarting: boolean,
  failure: McpctlError | undefined,
): { state: ServerState; reason?: string } {
  if (isHeld) return { state: 'healthy' };
  if (!failure) return { state: isStarting ? 'starting' : 'dormant' };
  const reason = failure.message;
  if (needsSignIn(failure)) return { state: 'needs-auth', reason };
  if (failure.code === 'SERVER_CRASH_LOOP') return { state: 'failed', reason };
  return { state: isStarting ? 'starting' : 'degraded', reason };
}

const TOLD_MS = 300_000;
const SILENT_MS = 60_000;

/** A server that tells of changes is asked again in case it forgot to. */
function lifeOf({ about }: Offer): number {
  const { tools } = about.capabilities;
  return isRecord(tools) && tools.listChanged === true ? TOLD_MS : SILENT_MS;
}

function toolCount(seat: Seat | undefined, offers: OfferBook): { tools?: number } {
  const offer: Offer | undefined = seat && offers.known(seat);
  return offer ? { tools: offer.lists.tools.length } : {};
}
