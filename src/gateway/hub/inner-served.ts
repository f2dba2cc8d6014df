import { LEGACY_VERSIONS } from '../../mcp/greeting.ts';
import type { Tool } from '../../mcp/tools.ts';
import type { InnerServer } from './inner-server.ts';
import type { Offer } from './offer.ts';
import { createOfferBook } from './offers.ts';
import type { Seat } from './seat.ts';
import type { ServedEvents, ServedServer } from './served-server.ts';
import type { ServerHere } from './servers-here.ts';

export interface InnerServedOptions {
  readonly here: ServerHere;
  readonly inner: InnerServer;
  readonly now: () => number;
  readonly events: Pick<ServedEvents, 'changed'>;
  /** Tools of another server, as far as they are known. */
  known(server: string, seat: Seat): readonly Tool[] | undefined;
}

/** Nothing of it outlives the process that made it. */
const NO_FILE = { read: async () => new Map<string, Offer>(), write: async () => {} };

/** A server within this process, as the hub has others: it is there from the start, and no conversation is held. */
export function createInnerServed({ here, inner, now, events, known }: InnerServedOptions): ServedServer {
  const { name } = inner;
  const offers = createOfferBook({
    file: NO_FILE,
    list: async (seat) => ({
      about: {
        era: 'legacy',
        protocolVersion: LEGACY_VERSIONS[0],
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name },
      },
      lists: {
        tools: inner.tools((server) => known(server, seat)),
        prompts: [],
        resources: [],
        resourceTemplates: [],
      },
      at: now(),
    }),
    changed: (seat, names) => events.changed(name, seat, names),
  });
  return {
    name,
    here,
    offers,
    async use() {
      throw new RangeError(`${name} has no conversations.`);
    },
    held: () => [],
    holds: () => false,
    pin: () => () => {},
    release: (seat) => void offers.forget(seat),
    failure: () => undefined,
    isOld: () => false,
    view: () => ({ name, state: 'healthy', pids: [], restarts: 0 }),
    probe: async () => ({ by: 'none', at: now(), ms: 0 }),
    restart: async () => {},
    retire: async () => {},
    close: async () => {},
  };
}
