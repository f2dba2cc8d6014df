import type { JsonObject } from '../../core/json.ts';
import type { ClientHello, GatewayClient } from './client.ts';
import type { ListName } from './offer.ts';
import { type Seat, seatOf } from './seat.ts';

/** A client with what it asked for. */
export interface HubClient {
  readonly client: GatewayClient;
  /** Lists it has seen: of changes in others it need not hear. */
  readonly listed: Set<ListName>;
  /** Of `logging/setLevel`. */
  logLevel?: string;
  /** Of a legacy client, as long as it says the same of itself. */
  seat?: { readonly hello: ClientHello; readonly seat: Seat };
}

/** The clients that are there. */
export interface HubClients {
  all(): Iterable<HubClient>;
  /** What is kept of a client; of one that is gone already nothing is kept. */
  of(client: GatewayClient): HubClient;
  /** The seat of a request of a client, who is here. */
  seatOf(client: GatewayClient, message: JsonObject): Seat;
  gone(client: GatewayClient): void;
}

export function createHubClients(): HubClients {
  const known = new Map<string, HubClient>();
  const of = (client: GatewayClient): HubClient => known.get(client.id) ?? { client, listed: new Set() };
  const greet = (client: GatewayClient): HubClient => {
    const here = of(client);
    known.set(client.id, here);
    return here;
  };
  return {
    all: () => known.values(),
    of,
    seatOf(client, message) {
      const here = known.get(client.id) ?? greet(client);
      if (client.era === 'modern') return seatOf(client, message);
      const { hello } = client;
      if (here.seat?.hello !== hello) here.seat = { hello, seat: seatOf(client) };
      return here.seat.seat;
    },
    gone: ({ id }) => known.delete(id),
  };
}
