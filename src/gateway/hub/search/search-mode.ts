import { closest } from '../../../core/closest.ts';
import { isRecord, type JsonObject } from '../../../core/json.ts';
import type { Said } from '../../../routing/said.ts';
import type { HubServers } from '../hub-servers.ts';
import { RpcFault, resultLine } from '../messages.ts';
import type { Passed } from '../pass-on.ts';
import type { HubPlan } from '../plan.ts';
import type { HubRequest } from '../questions.ts';
import type { Route, Routing } from '../routing.ts';
import type { Seat } from '../seat.ts';
import type { ServedServer } from '../served-server.ts';
import { createView, type View } from '../view.ts';
import type { Views } from '../views.ts';
import { type AskedCall, askedCall, calledDirectly } from './called-tool.ts';
import { DEFAULT_LIMIT, FIND_TOOLS, MOST_FOUND } from './definitions.ts';
import { createFinders } from './finders.ts';
import { foundAnswer } from './found-answer.ts';
import { createKnownOffers, type KnownToolsOf } from './known-offers.ts';

export interface SearchModeOptions {
  readonly servers: HubServers;
  readonly views: Views;
  readonly routing: Routing;
  plan(): HubPlan;
  readonly knownToolsOf: KnownToolsOf;
  /** What users said of tools for tasks. */
  said(): Promise<readonly Said[]>;
  /** Calls a tool that was found already, its arguments checked against its schema. */
  callFound(request: HubRequest, seat: Seat, route: Route): Promise<Passed>;
}

/** Answers the two tools clients of search mode are shown. */
export interface SearchMode {
  find(request: HubRequest, seat: Seat): Promise<Passed>;
  call(request: HubRequest, seat: Seat): Promise<Passed>;
}

export function createSearchMode(options: SearchModeOptions): SearchMode {
  const { servers, views, routing, plan, callFound } = options;
  const finderOf = createFinders((server) => servers.get(server)?.here.catalog ?? server);
  const knownOffer = createKnownOffers(options.knownToolsOf);

  const seen = ({ client }: HubRequest): readonly ServedServer[] =>
    servers.all().filter(({ name }) => plan().offerings.sees(client, name));

  /** What the client is offered, with what is known of servers that were not heard of yet. Waits for nothing else. */
  const wholeView = async (request: HubRequest, seat: Seat): Promise<View> => {
    const { client, signal } = request;
    await Promise.all(seen(request).map(({ offers }) => offers.ready));
    const unheard = seen(request).filter(({ offers }) => !offers.known(seat));
    const known = (await Promise.all(unheard.map(knownOffer))).filter((one) => one !== undefined);
    const view = await views.of(client, seat, signal, known.length === unheard.length ? 'none' : 'known');
    const beside = known.filter(({ server }) => !view.offered.some((one) => one.server === server));
    if (beside.length === 0) return view;
    return createView([...view.offered, ...beside], {
      keepsNames: client.only !== undefined,
      has: plan().offerings.toolsOf(client),
      shows: (server, tool) => plan().calls.shows(seat.principal, server, tool),
    });
  };

  const route = async (request: HubRequest, seat: Seat, { name }: AskedCall): Promise<Route | undefined> => {
    const slash = name.indexOf('/');
    const origin = { server: name.slice(0, slash), name: name.slice(slash + 1) };
    const byOrigin = slash > 0 ? await routing.tool(origin, request, seat) : undefined;
    if (byOrigin) return byOrigin;
    try {
      return await routing.named('tools', name, request, seat);
    } catch (error) {
      if (error instanceof RpcFault) return undefined;
      throw error;
    }
  };
  /** Models drop what stands before a name; where only one tool has the rest, that is the one. */
  const byBareName = async (request: HubRequest, seat: Seat, name: string): Promise<Route | undefined> => {
    const view = await views.of(request.client, seat, request.signal, 'none');
    const [one, ...others] = view.listed().filter(({ tool }) => tool.name === name);
    return one && others.length === 0
      ? await routing.tool({ server: one.server, name }, request, seat)
      : undefined;
  };

  return {
    async find(request, seat) {
      const asked = askedFor(request);
      if ('problem' in asked) return told(request, asked.problem);
      const { task, limit, server } = asked;
      const names = seen(request).map(({ name }) => name);
      if (server !== undefined && !names.includes(server)) {
        return told(request, `There is no server ${JSON.stringify(server)}. There are: ${names.join(', ')}.`);
      }
      const view = await wholeView(request, seat);
      const failureOf = (name: string) => servers.get(name)?.failure();
      const isDown = (name: string): boolean => failureOf(name) !== undefined;
      const found = finderOf(view, await options.said()).find(task, { limit, server, isDown });
      const text = foundAnswer(found, {
        limit,
        downBecause: (name) => failureOf(name)?.message,
        unheard: names.filter((name) => !view.offered.some((one) => one.server === name)),
        webSearch: found.match ? undefined : webSearchIn(view, plan()),
      });
      return answered(request, { content: [{ type: 'text', text }] });
    },
    async call(request, seat) {
      const asked = askedCall(request);
      if ('problem' in asked) return told(request, asked.problem);
      const found = (await route(request, seat, asked)) ?? (await byBareName(request, seat, asked.name));
      if (!found) return told(request, await unknownTool(asked.name, request, seat));
      const { origin, view } = found;
      const definition = view.tool(origin);
      // Nobody may have listed it since its server changed it: policy must know it as it is.
      if (definition) plan().calls.shows(seat.principal, origin.server, definition);
      return await callFound(calledDirectly(request, origin.name, asked), seat, found);
    },
  };

  async function unknownTool(name: string, request: HubRequest, seat: Seat): Promise<string> {
    const view = await views.of(request.client, seat, request.signal, 'none');
    const near = closest(
      name,
      view.listed().map(({ shown }) => shown),
      3,
    );
    const hint = near.length > 0 ? ` Did you mean: ${near.join(', ')}?` : '';
    return `There is no tool ${JSON.stringify(name.slice(0, 128))}.${hint} ${FIND_TOOLS} gives the names.`;
  }
}

interface AskedFind {
  readonly task: string;
  readonly limit: number;
  readonly server: string | undefined;
}

function askedFor({ message }: HubRequest): AskedFind | { readonly problem: string } {
  const params = isRecord(message.params) ? message.params : {};
  const { task, limit = DEFAULT_LIMIT, server } = isRecord(params.arguments) ? params.arguments : {};
  if (typeof task !== 'string' || task.trim() === '') {
    return { problem: `${FIND_TOOLS} takes {"task": "<what you want done>"}: the task is missing.` };
  }
  const count = Math.round(Number(limit));
  return {
    task,
    limit: Number.isFinite(count) ? Math.min(MOST_FOUND, Math.max(1, count)) : DEFAULT_LIMIT,
    server: typeof server === 'string' && server !== '' ? server : undefined,
  };
}

function webSearchIn(view: View, { calls }: HubPlan): string | undefined {
  return view.listed().find(({ server, tool }) => calls.isWebSearch({ server, tool: String(tool.name) }))
    ?.shown;
}

/** What the model should do otherwise; a result, since a protocol error does not reach it in every client. */
function told(request: HubRequest, text: string): Passed {
  return answered(request, { content: [{ type: 'text', text }], isError: true });
}

function answered({ id }: HubRequest, result: JsonObject): Passed {
  return { line: resultLine(id, result), isError: false };
}
