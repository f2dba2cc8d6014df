import { join } from 'node:path';
import type { Tool } from '../../mcp/tools.ts';
import { createInnerServed } from './inner-served.ts';
import { createOfferFile } from './offer-file.ts';
import type { OpenUpstream } from './open-upstream.ts';
import type { Conversation } from './pool.ts';
import type { Seat } from './seat.ts';
import { createServedServer, type ServedEvents, type ServedServer } from './served-server.ts';
import type { ServerHere } from './servers-here.ts';

export interface HubServersOptions {
  readonly openUpstream: OpenUpstream;
  readonly events: ServedEvents;
  /** Where offers are kept. */
  readonly folder: string;
  idleStopMs(): number;
  readonly now: () => number;
}

/** The servers the gateway has at the moment, in the order of the manifest. */
export interface HubServers {
  all(): readonly ServedServer[];
  get(name: string): ServedServer | undefined;
  /** Conversations that serve a seat, with any of them. */
  held(seat: Seat): readonly Conversation[];
  /** Has these servers from now on; returns the names of those that are new, gone or other than before. */
  become(here: readonly ServerHere[]): readonly string[];
  /** The tools of one are others than before: what servers of this process say of theirs may be, too. */
  changedIn(server: string): void;
  close(): Promise<void>;
}

export function createHubServers(options: HubServersOptions): HubServers {
  const { folder, ...shared } = options;
  let servers = new Map<string, ServedServer>();
  let all: readonly ServedServer[] = [];
  /** Gone, but not ended: their requests are being answered. */
  const ending = new Set<ServedServer>();
  const innerOnes = (): ServedServer[] => all.filter(({ here }) => here.inner);
  const create = (here: ServerHere): ServedServer => {
    if (here.inner) return createInnerServed({ ...shared, here, inner: here.inner, known });
    const file = createOfferFile({ folder: join(folder, 'offers'), server: here.name, digest: here.digest });
    return createServedServer({ ...shared, here, file });
  };
  const known = (server: string, seat: Seat): readonly Tool[] | undefined =>
    servers.get(server)?.offers.known(seat)?.lists.tools as readonly Tool[] | undefined;
  const changedIn = (names: readonly string[]): void => {
    for (const { here, offers } of innerOnes()) {
      if (!names.some((name) => here.inner?.uses.has(name))) continue;
      for (const seat of offers.distrust(['tools'], () => true))
        offers.refresh(seat, ['tools']).catch(() => {});
    }
  };
  return {
    all: () => all,
    changedIn: (server) => changedIn([server]),
    get: (name) => servers.get(name),
    held: (seat) => [...servers.values()].flatMap((served) => served.held(seat)),
    become(here) {
      const before = servers;
      const keep = ({ name, digest }: ServerHere): ServedServer | undefined => {
        const served = before.get(name);
        return served?.here.digest === digest ? served : undefined;
      };
      servers = new Map(here.map((one) => [one.name, keep(one) ?? create(one)]));
      all = [...servers.values()];
      const gone = [...before.values()].filter((served) => servers.get(served.name) !== served);
      for (const served of gone) {
        ending.add(served);
        void served.retire().finally(() => ending.delete(served));
      }
      const fresh = [...servers.values()].filter((served) => before.get(served.name) !== served);
      const changed = [...new Set([...gone, ...fresh].map(({ name }) => name))];
      changedIn(changed);
      return changed;
    },
    async close() {
      await Promise.all([...servers.values(), ...ending].map((served) => served.close()));
    },
  };
}
