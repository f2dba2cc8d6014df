import type { GatewayClient } from './client.ts';
import type { ListName } from './offer.ts';

/** A client with what it asked for. */
export interface HubClient {
  readonly client: GatewayClient;
  /** Lists it has seen: of changes in others it need not hear. */
  readonly listed: Set<ListName>;
  /** Of `logging/setLevel`. */
  logLevel?: string;
}

/** The clients that are there. */
export interface HubClients {
  all(): Iterable<HubClient>;
  /** What is kept of a client; of one that is gone already nothing is kept. */
  of(client: GatewayClient): HubClient;
  here(client: GatewayClient): void;
  gone(client: GatewayClient): void;
}

export function createHubClients(): HubClients {
  const known = new Map<string, HubClient>();
  const of = (client: GatewayClient): HubClient => known.get(client.id) ?? { client, listed: new Set() };
  return {
    all: () => known.values(),
    of,
    here: (client) => known.set(client.id, of(client)),
    gone: ({ id }) => known.delete(id),
  };
}
