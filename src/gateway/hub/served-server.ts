import { setMaxListeners } from 'node:events';
import { createChangedTools } from '../../calls/tool-lock/changed-tools.ts';
import type { McpctlError } from '../../core/errors.ts';
import { asKnown } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import type { LockTools } from '../../manifest/lock-schema.ts';
import type { Tool } from '../../mcp/tools.ts';
import type { ProbeAnswer, ProbeRequest } from '../control/probe.ts';
import type { UpstreamEvents } from '../upstream/upstream.ts';
import { callHarmless } from './ask-server.ts';
import type { HubServer } from './hub.ts';
import { LISTS, type ListName, listOffer, type Offer } from './offer.ts';
import type { OfferFile } from './offer-file.ts';
import { createOfferBook, type OfferBook } from './offers.ts';
import type { OpenUpstream } from './open-upstream.ts';
import { type Conversation, createPool, type Loan, type UseOptions } from './pool.ts';
import { LOCAL, type Seat } from './seat.ts';
import { createServerHealth } from './server-health.ts';
import type { ServerHere } from './servers-here.ts';
import { createStartFailures } from './start-failures.ts';

/** One server behind the gateway: its conversations, what it offers, how it is. */
export interface ServedServer {
  readonly name: string;
  readonly here: ServerHere;
  readonly offers: OfferBook;
  /** Lends a conversation, started when there is none. @throws with `data.sent` false when it cannot be started. */
  use<T>(seat: Seat, options: UseOptions, work: (conversation: Conversation) => Promise<T>): Promise<T>;
  held(seat?: Seat): readonly Conversation[];
  holds(seat: Seat): boolean;
  pin(conversation: Conversation): () => void;
  /** The client of a seat of its own is gone. */
  release(seat: Seat): void;
  /** Why it could not be started, as long as that is its last word. */
  failure(): McpctlError | undefined;
  /** These lists of it are so old that it is asked again, while it runs anyway. */
  isOld(offer: Offer): boolean;
  view(): HubServer;
  /** Asks it whether it is there. @throws why it is not. */
  probe(request: ProbeRequest): Promise<ProbeAnswer>;
  /** Begins anew at once, after a hang only where it hung; settles when it was listed again. */
  restart(reason: 'hang' | 'asked'): Promise<void>;
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
  const health = createServerHealth(now);
  const changedIn = createChangedTools();
  let restarts = 0;

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

  const lend = (seat: Seat, useOptions: UseOptions): Promise<Loan> | Loan => {
    if (!pool.holds(seat)) failures.check();
    const loan = pool.lend(seat, useOptions);
    if (!(loan instanceof Promise)) return loan;
    return loan.catch((error: unknown) => {
      throw failures.failed(error);
    });
  };
  const use: ServedServer['use'] = async (seat, useOptions, work) => {
    const loan = lend(seat, useOptions);
    const { conversation, giveBack } = loan instanceof Promise ? await loan : loan;
    failures.succeeded();
    try {
      const result = await work(conversation);
      health.answered();
      return result;
    } catch (error) {
      health.failed(error);
      throw error;
    } finally {
      giveBack();
    }
  };
  const probe = async (held: readonly Conversation[], request: ProbeRequest): Promise<ProbeAnswer> => {
    const answer = await health.probe(held, request);
    const [first] = held;
    if (!first || !request.call) return answer;
    return { ...answer, called: await callHarmless(first, request.call, toolsIn(offers.known(first.seat))) };
  };
  const view = (): HubServer => {
    const held = pool.held();
    const about = held[0]?.upstream.about;
    return {
      name,
      ...health.state(held, pool.isStarting(), failures.last()),
      ...(about && { era: about.era }),
      ...toolsOf(held[0]?.seat, offers, changedIn, here.locked),
      pids: held.flatMap(({ upstream }) => upstream.pids),
      restarts,
      ...(health.answeredAt !== undefined && { answeredAt: health.answeredAt }),
    };
  };

  return {
    name,
    here,
    offers,
    use,
    held: pool.held,
    holds: pool.holds,
    pin: pool.pin,
    release(seat) {
      pool.release(seat);
      offers.forget(seat);
    },
    failure: failures.last,
    isOld: (offer) => now() - offer.at > lifeOf(offer),
    view,
    async probe(request) {
      const held = pool.held();
      const fresh = health.fresh(held, request.freshMs);
      if (fresh) return fresh;
      if (held.length > 0) return await probe(held, request);
      const failure = failures.last();
      if (!failure) return { by: 'none', at: now(), ms: 0 };
      // One that ended again and again is left to those who need it.
      if (failure.code === 'SERVER_CRASH_LOOP') throw failure;
      return await use(LOCAL, { signal: over.signal }, (one) => probe([one], request));
    },
    async restart(reason) {
      failures.succeeded();
      const held = health.hanging(pool.held(), reason);
      // Within its conversation a program keeps what its clients agreed with it.
      const within = held.flatMap(({ upstream: { restart } }) => (restart ? [restart] : []));
      if (within.length < held.length) {
        restarts += 1;
        void pool.retire();
      } else await Promise.all(within.map((restart) => restart(reason)));
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

const TOLD_MS = 300_000;
const SILENT_MS = 60_000;

/** A server that tells of changes is asked again in case it forgot to. */
function lifeOf({ about }: Offer): number {
  const { tools } = about.capabilities;
  return isRecord(tools) && tools.listChanged === true ? TOLD_MS : SILENT_MS;
}

function toolsOf(
  seat: Seat | undefined,
  offers: OfferBook,
  changedIn: ReturnType<typeof createChangedTools>,
  locked: LockTools | undefined,
): { tools?: number; changed?: readonly string[] } {
  const tools = seat && toolsIn(offers.known(seat));
  if (!tools) return {};
  const changed = changedIn(tools, locked);
  return { tools: tools.length, ...(changed.length > 0 && { changed }) };
}

/** Listing has seen to it that they are. */
function toolsIn(offer: Offer | undefined): readonly Tool[] | undefined {
  return offer?.lists.tools as readonly Tool[] | undefined;
}
