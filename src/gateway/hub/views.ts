import type { JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { GatewayClient } from './client.ts';
import type { Offerings } from './offerings.ts';
import type { Seat } from './seat.ts';
import type { ServedServer } from './served-server.ts';
import { createView, type View } from './view.ts';

/** Makes views of what is known, and waits a short while for servers nothing is known of. */
export interface Views {
  /** Waits for as little as `patience` says; the work goes on meanwhile. */
  of(client: GatewayClient, seat: Seat, signal: StopSignal, patience?: Patience): Promise<View>;
  /** The last one that was made, which may be out of date. */
  last(client: GatewayClient, seat: Seat): View | undefined;
  /** Whether a view has what one server offers now, as far as anybody knows without asking. */
  isCurrent(view: View, served: ServedServer, seat: Seat): boolean;
  /** What a client would see is judged anew. */
  forget(): void;
}

/** For what a view waits: lists that may be out of date, servers nothing is known of, or nothing. */
export type Patience = 'current' | 'known' | 'none';

export interface ViewsOptions {
  /** In the order of the manifest. */
  servers(): readonly ServedServer[];
  offerings(): Offerings;
  /** Whether a principal may see a tool. */
  shows(principal: string, server: string, tool: JsonObject): boolean;
  /** Longest wait for all servers together, in milliseconds. */
  readonly waitMs: number;
  /** The same where a client asked for one server. */
  readonly waitAloneMs: number;
}

const KEPT_VIEWS = 64;

export function createViews(options: ViewsOptions): Views {
  const { servers, offerings, shows, waitMs, waitAloneMs } = options;
  const kept = new Map<string, View>();
  /** Servers that used up a wait already: nobody waits for them again. */
  const slow = new WeakSet<Promise<unknown>>();

  const seen = (client: GatewayClient): readonly ServedServer[] =>
    servers().filter(({ name }) => offerings().sees(client, name));

  const catchUp = async (
    client: GatewayClient,
    seat: Seat,
    signal: StopSignal,
    patience: Patience,
  ): Promise<void> => {
    const missing = seen(client).flatMap((served) => {
      const isWaitedFor =
        patience === 'current' || (patience === 'known' && served.offers.known(seat) === undefined);
      const work = workFor(served, seat);
      return work && isWaitedFor && !slow.has(work) ? [work] : [];
    });
    if (missing.length === 0) return;
    const isDone = await within(
      client.only === undefined ? waitMs : waitAloneMs,
      Promise.allSettled(missing),
      signal,
    );
    if (!isDone) for (const work of missing) slow.add(work);
  };

  const keyOf = ({ only, profile }: GatewayClient, seat: Seat): string => {
    const key = seat.kind === 'own' ? seat.key : seat.audience;
    return only === undefined && profile === undefined ? key : `${key}\0${only ?? ''}\0${profile ?? ''}`;
  };

  return {
    forget: () => kept.clear(),
    last: (client, seat) => kept.get(keyOf(client, seat)),
    isCurrent({ offered }, served, seat) {
      const { name, offers } = served;
      const offer = offers.known(seat);
      if (!offer || (served.holds(seat) && (offers.isStale(seat) || served.isOld(offer)))) return false;
      return offered.some((one) => one.server === name && one.offer === offer);
    },
    async of(client, seat, signal, patience = 'current') {
      await Promise.all(seen(client).map(({ offers }) => offers.ready));
      await catchUp(client, seat, signal, patience);
      const offered = seen(client).flatMap(({ name, offers }) => {
        const offer = offers.known(seat);
        return offer ? [{ server: name, offer }] : [];
      });
      const key = keyOf(client, seat);
      const before = kept.get(key);
      if (before && isOf(before, offered)) return before;
      const view = createView(offered, {
        keepsNames: client.only !== undefined,
        has: offerings().toolsOf(client),
        shows: (server, tool) => shows(seat.principal, server, tool),
      });
      kept.delete(key);
      kept.set(key, view);
      for (const oldest of kept.keys()) {
        if (kept.size <= KEPT_VIEWS) break;
        kept.delete(oldest);
      }
      return view;
    },
  };
}

/** Beside `of`, whose closures live as long as the view they are in, and would keep every view before it. */
function isOf(view: View, offered: View['offered']): boolean {
  return (
    view.offered.length === offered.length &&
    offered.every(({ server, offer }, index) => {
      const one = view.offered[index];
      return one?.server === server && one.offer === offer;
    })
  );
}

/** What must be waited for to know what a server offers; nothing where enough is known, or nothing will be. */
function workFor(served: ServedServer, seat: Seat): Promise<unknown> | undefined {
  const { offers } = served;
  const refresh = (): Promise<unknown> => offers.refresh(seat);
  const offer = offers.known(seat);
  if (offer) {
    if (!served.holds(seat)) return undefined;
    if (offers.isStale(seat)) return refresh();
    if (served.isOld(offer)) refresh().catch(() => {});
    return undefined;
  }
  if (!served.failure()) return refresh();
  refresh().catch(() => {});
  return undefined;
}

/** Whether the work was done in time; it goes on otherwise. */
async function within(milliseconds: number, work: Promise<unknown>, signal: StopSignal): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const late = new Promise<boolean>((resolve) => {
    stop = () => resolve(false);
    timer = setTimeout(stop, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
    if (stop) signal.removeEventListener('abort', stop);
  }
}
