import type { JsonObject } from '../../core/json.ts';
import type { GatewayClient } from './client.ts';
import type { HubClient } from './hub-clients.ts';
import { hearsOf, type Listen } from './listens.ts';
import { reachesLevel } from './log-level.ts';
import { notificationLine } from './messages.ts';
import type { ListName } from './offer.ts';
import type { Offerings } from './offerings.ts';
import { type Seat, seatOf } from './seat.ts';

export interface FanOutOptions {
  clients(): Iterable<HubClient>;
  listens(): Iterable<Listen>;
  offerings(): Offerings;
  /** Time in which changes are told as one, in milliseconds. */
  readonly gatherMs: number;
}

/** Tells clients what servers say to all. */
export interface FanOut {
  /** Lists of a server, or of every server when it is undefined, are other than clients were told. */
  changed(server: string | undefined, seat: Seat | undefined, names: readonly ListName[]): void;
  /** What a server says during no request. */
  notified(seat: Seat, server: string, method: string, params: JsonObject): void;
  close(): void;
}

const METHOD_OF: Readonly<Record<ListName, string>> = {
  tools: 'notifications/tools/list_changed',
  prompts: 'notifications/prompts/list_changed',
  resources: 'notifications/resources/list_changed',
  resourceTemplates: 'notifications/resources/list_changed',
};

export function createFanOut({ clients, listens, offerings, gatherMs }: FanOutOptions): FanOut {
  /** Who is to be told what, when the time is over. */
  const gathered = new Map<object, { methods: Set<string>; tell(method: string): void }>();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    const due = [...gathered.values()];
    gathered.clear();
    for (const { methods, tell } of due) for (const method of methods) tell(method);
  };
  const gather = (who: object, method: string, tell: (method: string) => void): void => {
    const entry = gathered.get(who) ?? { methods: new Set(), tell };
    gathered.set(who, entry);
    entry.methods.add(method);
    timer ??= setTimeout(flush, gatherMs);
  };
  const sees = (client: GatewayClient, server: string | undefined): boolean =>
    server === undefined || offerings().sees(client, server);
  /** The two tools of search mode stay, whatever a server changes in its own. */
  const heardBy = (
    client: GatewayClient,
    seat: Seat | undefined,
    names: readonly ListName[],
  ): readonly ListName[] =>
    seat !== undefined && offerings().modeOf(client) === 'search'
      ? names.filter((name) => name !== 'tools')
      : names;
  const tellClient = ({ client, listed }: HubClient, names: readonly ListName[]): void => {
    const tell = (method: string): void => client.notify(notificationLine(method));
    for (const name of names) if (listed.has(name)) gather(client, METHOD_OF[name], tell);
  };
  const tellListen = (listen: Listen, names: readonly ListName[]): void => {
    const tell = (method: string): void => listen.tell(method);
    for (const name of names) if (hearsOf(listen, name)) gather(listen, METHOD_OF[name], tell);
  };
  return {
    changed(server, seat, names) {
      for (const known of clients()) {
        const { client } = known;
        // Modern clients hear what they asked for, and nothing else.
        if (client.era === 'modern' || !sees(client, server)) continue;
        if (sharesLists(seatOf(client), seat)) tellClient(known, heardBy(client, seat, names));
      }
      for (const listen of listens()) {
        const { client } = listen.request;
        if (!sees(client, server) || !sharesLists(listen.seat, seat)) continue;
        tellListen(listen, heardBy(client, seat, names));
      }
    },
    notified(seat, server, method, params) {
      for (const { client, logLevel } of clients()) {
        if (client.era === 'modern' || !sees(client, server) || seatOf(client).key !== seat.key) continue;
        if (method === 'notifications/message' && !reachesLevel(params.level, logLevel)) continue;
        client.notify(notificationLine(method, params));
      }
    },
    close: () => clearTimeout(timer),
  };
}

function sharesLists(own: Seat, changed: Seat | undefined): boolean {
  if (!changed) return true;
  return changed.kind === 'own' ? own.key === changed.key : own.audience === changed.audience;
}
