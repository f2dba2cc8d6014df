import { McpctlError } from '../../core/errors.ts';
import type { Said } from '../../routing/said.ts';
import { createClientSide } from './client-side.ts';
import { failureLine } from './failure-line.ts';
import type { Hub } from './hub.ts';
import { createHubClients, type HubClients } from './hub-clients.ts';
import type { HubServers } from './hub-servers.ts';
import type { Listening } from './listening.ts';
import { LISTS } from './offer.ts';
import type { HubPlan } from './plan.ts';
import type { KnownToolsOf } from './search/known-offers.ts';
import { type Seat, seatOf } from './seat.ts';
import { createServerSide, type ServerSideOptions } from './server-side.ts';

export interface HubOptions extends ServerSideOptions {
  /** Of mcpctl. */
  readonly version: string;
  readonly plan: HubPlan;
  readonly knownToolsOf?: KnownToolsOf;
  said?(): Promise<readonly Said[]>;
}

/** A hub whose plan can be replaced while it works. */
export interface PlannedHub extends Hub {
  become(plan: HubPlan): void;
}

export function createHub(options: HubOptions): PlannedHub {
  let { plan } = options;
  const clients = createHubClients();
  const side = createServerSide(options, clients, () => plan);
  const { servers, views, subscriptions, listening, fanOut } = side;
  const { answer, toolCalls, parked } = createClientSide(options, side, clients, () => plan);
  servers.become(plan.servers);

  return {
    async request(request) {
      try {
        return await answer(request, clients.seatOf(request.client, request.message));
      } catch (error) {
        return failureLine(request.id, error);
      }
    },
    notification(client, _, { method }) {
      const seat = seatOf(client);
      if (method !== 'notifications/roots/list_changed' || seat.kind !== 'own') return;
      for (const { upstream } of servers.held(seat)) upstream.notify(method);
    },
    gone(client) {
      clients.gone(client);
      listening.gone(client);
      const seat = seatOf(client);
      if (seat.kind === 'own') for (const served of servers.all()) served.release(seat);
    },
    servers: () => servers.all().flatMap(({ here, view }) => (here.inner ? [] : [view()])),
    async probe(server, request) {
      const served = servers.get(server);
      if (!served) throw unknown(server, servers);
      return await served.probe(request);
    },
    async restart(server, reason = 'asked') {
      const served = servers.get(server);
      if (!served) throw unknown(server, servers);
      plan.calls.forget(server);
      await served.restart(reason);
      plan.calls.forget(server);
    },
    async close() {
      listening.close();
      parked.close();
      fanOut.close();
      await servers.close();
    },
    become(next) {
      const before = plan;
      plan = next;
      for (const name of servers.become(next.servers)) {
        const served = servers.get(name);
        subscriptions.moved(name, served);
        fanOut.changed(name, undefined, LISTS);
        for (const seat of seatsNow(clients, listening)) served?.offers.refresh(seat).catch(() => {});
      }
      if (before.calls === next.calls) return;
      toolCalls.planned();
      views.forget();
      fanOut.changed(undefined, undefined, ['tools']);
    },
  };
}

/** One for each audience that listens or listed something. */
function seatsNow(clients: HubClients, listening: Listening): Iterable<Seat> {
  const listed = [...clients.all()].filter((one) => one.listed.size > 0);
  const seats = [
    ...listed.map(({ client }) => seatOf(client)),
    ...[...listening.listens()].map(({ seat }) => seat),
  ];
  return new Map(seats.map((seat) => [seat.key, seat])).values();
}

function unknown(server: string, servers: HubServers): McpctlError {
  const known = servers.all().map(({ name }) => name);
  return new McpctlError('SERVER_UNKNOWN', `The gateway has no server ${JSON.stringify(server)}.`, {
    hint: known.length === 0 ? 'mcpctl list' : `It has: ${known.join(', ')}.`,
    data: { server, known },
  });
}
