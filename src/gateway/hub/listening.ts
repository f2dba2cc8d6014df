import type { JsonObject } from '../../core/json.ts';
import { firstToStop } from '../../core/stop.ts';
import type { ClientRequest, GatewayClient } from './client.ts';
import { acknowledge, createListen, endOfListen, type Listen } from './listens.ts';
import { notificationLine } from './messages.ts';
import { paramsOf } from './pass-on.ts';
import type { Routing } from './routing.ts';
import { type Seat, seatOf, sharedSeat } from './seat.ts';
import type { Subscriber, Subscriptions } from './subscriptions.ts';

/** What clients want to hear of resources, and modern ones of lists. */
export interface Listening {
  /** Requests of modern clients that go on until they stop listening. */
  listens(): Iterable<Listen>;
  /** Settles with its result when it ends. */
  listen(request: ClientRequest, seat: Seat): Promise<JsonObject>;
  subscribe(request: ClientRequest, seat: Seat): Promise<void>;
  unsubscribe(request: ClientRequest): void;
  gone(client: GatewayClient): void;
  close(): void;
}

/** A resource that is not there by then is not subscribed to. */
const SUBSCRIBE_MS = 10_000;
const UPDATED = 'notifications/resources/updated';

export function createListening(routing: Routing, subscriptions: Subscriptions): Listening {
  const open = new Map<Listen, () => void>();

  const add = async (subscriber: Subscriber, uri: unknown, request: ClientRequest): Promise<void> => {
    const signal = firstToStop([request.signal, AbortSignal.timeout(SUBSCRIBE_MS)]);
    let failure: unknown;
    for (const { served, origin } of await routing.addressed(uri, request, subscriber.seat)) {
      try {
        const wanted = { served, own: origin.name, shown: String(uri) };
        return await subscriptions.add(subscriber, wanted, signal);
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure;
  };
  const legacy = (client: GatewayClient): Subscriber => ({
    id: client.id,
    seat: seatOf(client),
    updated: (params) => client.notify(notificationLine(UPDATED, params)),
  });

  return {
    listens: () => open.keys(),
    async listen(request, seat) {
      const { client, signal } = request;
      const listen = createListen(request, seat);
      const before: JsonObject[] = [];
      let isAcknowledged = false;
      const subscriber: Subscriber = {
        id: `${client.id}\0${request.id}`,
        // Nothing is asked of a client on this way.
        seat: sharedSeat(client.principal),
        updated(params) {
          if (isAcknowledged) listen.tell(UPDATED, params);
          else before.push(params);
        },
      };
      try {
        const { resourceSubscriptions: uris = [], ...lists } = listen.filter;
        const added = await Promise.all(
          uris.map(async (uri) =>
            add(subscriber, uri, request).then(
              () => [uri],
              () => [],
            ),
          ),
        );
        const heard = added.flat();
        acknowledge(listen, { ...lists, ...(heard.length > 0 && { resourceSubscriptions: heard }) });
        isAcknowledged = true;
        for (const params of before) listen.tell(UPDATED, params);
        await new Promise<void>((resolve) => {
          open.set(listen, resolve);
          if (signal.aborted) resolve();
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        return endOfListen(listen);
      } finally {
        open.delete(listen);
        subscriptions.forget(subscriber);
      }
    },
    subscribe: async (request) => await add(legacy(request.client), paramsOf(request).uri, request),
    unsubscribe(request) {
      subscriptions.remove(legacy(request.client), String(paramsOf(request).uri));
    },
    gone: (client) => subscriptions.forget(legacy(client)),
    close() {
      for (const end of open.values()) end();
    },
  };
}
