import type { JsonObject } from '../../core/json.ts';
import { abortable } from './abortable.ts';
import type { ClientRequest } from './client.ts';
import { INVALID_PARAMS, RpcFault } from './messages.ts';
import { type Origin, serverPrefix } from './names.ts';
import type { Offerings } from './offerings.ts';
import type { Seat } from './seat.ts';
import type { ServedServer } from './served-server.ts';
import { templateMatches } from './templates.ts';
import type { View } from './view.ts';
import type { Views } from './views.ts';

/** Whom a request is for. */
export interface Route {
  readonly served: ServedServer;
  readonly origin: Origin;
  readonly view: View;
}

export interface RoutingOptions {
  readonly views: Views;
  offerings(): Offerings;
  server(name: string): ServedServer | undefined;
  servers(): readonly ServedServer[];
}

/** Finds servers by the names clients see. */
export interface Routing {
  /** At once where it was found before and its server offers what it did. @throws RpcFault, also as a rejection */
  named(list: 'tools' | 'prompts', name: unknown, request: ClientRequest, seat: Seat): Promise<Route> | Route;
  /** The same by the server's own name of a tool. */
  tool(origin: Origin, request: ClientRequest, seat: Seat): Promise<Route | undefined>;
  /** Servers that may have a resource, the likeliest first. */
  addressed(uri: unknown, request: ClientRequest, seat: Seat): Promise<readonly Route[]>;
}

export function createRouting({ views, offerings, server, servers }: RoutingOptions): Routing {
  const look = async (list: 'tools' | 'prompts', name: string, request: ClientRequest, seat: Seat) => {
    return find(await views.of(request.client, seat, request.signal), list, name);
  };
  const find = (view: View, list: 'tools' | 'prompts', name: string): Route | undefined => {
    const origin = view[list].originOf(name);
    const served = origin && server(origin.server);
    return served && origin ? { served, origin, view } : undefined;
  };
  /** Servers the name may be of, whose lists are not what they are now. */
  const doubtful = (name: string, { client }: ClientRequest, seat: Seat): readonly ServedServer[] =>
    servers().filter(
      (served) =>
        (client.only === served.name || name.startsWith(serverPrefix(served.name))) &&
        offerings().sees(client, served.name) &&
        served.offers.isStale(seat),
    );
  const seek = async (
    list: 'tools' | 'prompts',
    name: string,
    request: ClientRequest,
    seat: Seat,
  ): Promise<Route> => {
    const found = await look(list, name, request, seat);
    if (found) return found;
    const [doubted] = doubtful(name, request, seat);
    if (doubted) {
      await abortable(doubted.offers.refresh(seat), request.signal);
      const refreshed = await look(list, name, request, seat);
      if (refreshed) return refreshed;
    }
    const what = list === 'tools' ? 'tool' : 'prompt';
    throw new RpcFault(INVALID_PARAMS, `Unknown ${what}: ${name.slice(0, LONGEST_QUOTE)}`);
  };
  return {
    named(list, name, request, seat) {
      if (typeof name !== 'string') throw new RpcFault(INVALID_PARAMS, 'The request has no name.');
      const view = views.last(request.client, seat);
      const route = view && find(view, list, name);
      // A name is of one server alone, whatever the others offer by now.
      if (route && views.isCurrent(route.view, route.served, seat)) return route;
      return seek(list, name, request, seat);
    },
    async tool(origin, request, seat) {
      const { client, signal } = request;
      const served = server(origin.server);
      if (!served || !offerings().sees(client, origin.server)) return undefined;
      const within = (view: View | undefined): Route | undefined =>
        view?.tools.shownFor(origin) === undefined ? undefined : { served, origin, view };
      const known = within(views.last(client, seat));
      if (known && views.isCurrent(known.view, served, seat)) return known;
      const found = within(await views.of(client, seat, signal));
      if (found || !served.offers.isStale(seat)) return found;
      await abortable(served.offers.refresh(seat), signal);
      return within(await views.of(client, seat, signal));
    },
    async addressed(uri, request, seat) {
      if (typeof uri !== 'string') throw new RpcFault(INVALID_PARAMS, 'The request has no uri.');
      const view = await views.of(request.client, seat, request.signal);
      const exact = view.addresses.originOf(uri);
      const isSeen = view.offered.some(({ server: name }) => name === exact?.server);
      const origins = exact && isSeen ? [exact] : [...byTemplate(view, uri), ...withResources(view, uri)];
      const routes = new Map<string, Route>();
      for (const origin of origins) {
        const served = server(origin.server);
        if (served && !routes.has(origin.server)) routes.set(origin.server, { served, origin, view });
      }
      if (routes.size > 0) return [...routes.values()];
      throw notFound(uri);
    },
  };
}

export function notFound(uri: string): RpcFault {
  const data: JsonObject = { uri };
  return new RpcFault(INVALID_PARAMS, 'Resource not found', data);
}

const LONGEST_QUOTE = 128;

function* byTemplate({ offered }: View, uri: string): Generator<Origin> {
  for (const { server, offer } of offered) {
    const isMatch = offer.lists.resourceTemplates.some(({ uriTemplate }) =>
      templateMatches(String(uriTemplate), uri),
    );
    if (isMatch) yield { server, name: uri };
  }
}

/** Servers need not list what can be read. */
function* withResources({ offered }: View, uri: string): Generator<Origin> {
  for (const { server, offer } of offered) {
    if ('resources' in offer.about.capabilities) yield { server, name: uri };
  }
}
