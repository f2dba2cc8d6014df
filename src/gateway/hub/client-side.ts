import { randomBytes } from 'node:crypto';
import type { Said } from '../../routing/said.ts';
import { createParkedCalls, type ParkedCalls } from '../bridge/parked-calls.ts';
import type { ClientRequest, GatewayClient } from './client.ts';
import { SERVER_INFO_META, serverInfo } from './greeting.ts';
import type { HubClients } from './hub-clients.ts';
import { createPassOn, type Passed, paramsOf } from './pass-on.ts';
import type { HubPlan } from './plan.ts';
import type { HubRequest } from './questions.ts';
import { createRequests } from './requests.ts';
import { CALL_TOOL, FIND_TOOLS } from './search/definitions.ts';
import type { KnownToolsOf } from './search/known-offers.ts';
import type { SearchMode } from './search/search-mode.ts';
import { type Seat, seatOf } from './seat.ts';
import type { ServerSide } from './server-side.ts';
import { createToolCalls, type ToolCalls } from './tool-calls.ts';

export interface ClientSideOptions {
  /** Of mcpctl. */
  readonly version: string;
  readonly now: () => number;
  /** Tools of servers no gateway has heard of yet. */
  readonly knownToolsOf?: KnownToolsOf;
  /** What users said of tools for tasks. */
  said?(): Promise<readonly Said[]>;
}

/** What answers the requests of clients. */
export interface ClientSide {
  /** @throws what `failureLine` tells clients. */
  answer(request: ClientRequest, seat: Seat): Promise<Buffer>;
  readonly toolCalls: ToolCalls;
  readonly parked: ParkedCalls;
}

const TIMEOUT_MS = 60_000;
/** Each has a program of its own meanwhile. */
const MOST_PARKED = 16;
const PARKED_MS = 600_000;

export function createClientSide(
  options: ClientSideOptions,
  side: ServerSide,
  clients: HubClients,
  plan: () => HubPlan,
): ClientSide {
  const { version, now } = options;
  const { servers, views, routing, subscriptions, listening, questions, logLevels } = side;
  const logLevel = logLevels.of;
  const toolCalls = createToolCalls({ routing, servers, questions, plan, logLevel, now });
  const parked = createParkedCalls({
    key: randomBytes(32),
    now,
    mostParked: MOST_PARKED,
    ttlMs: PARKED_MS,
    meta: { [SERVER_INFO_META]: serverInfo(version) },
  });
  const passOn = createPassOn({
    routing,
    questions,
    resources: () => plan().calls.resources,
    isSubscribed: subscriptions.has,
    logLevel,
    timeoutMs: TIMEOUT_MS,
  });
  const searchMode = createSearching({ side, plan, toolCalls, options });
  const answer = createRequests({
    version,
    parked,
    passOn,
    client: ({ client }) => clients.of(client),
    view: ({ client, signal }, seat, patience) => views.of(client, seat, signal, patience),
    isPartial: ({ offered }, { client }) =>
      seenBy(client, side, plan()).some((name) => !offered.some(({ server }) => server === name)),
    searched: (view, { client }) => {
      const listed = new Set(view.listed().map(({ server }) => server));
      const isHeard = new Set(view.offered.map(({ server }) => server));
      return seenBy(client, side, plan()).filter((name) => listed.has(name) || !isHeard.has(name));
    },
    isSearching: ({ client }) => plan().offerings.modeOf(client) === 'search',
    callTool: (request, seat) => searchMode(request, seat) ?? toolCalls.call(request, seat),
    setLogLevel({ client }) {
      for (const conversation of servers.held(seatOf(client))) logLevels.tell(conversation);
    },
    subscribe: listening.subscribe,
    unsubscribe: listening.unsubscribe,
    listen: listening.listen,
  });
  return { answer, toolCalls, parked };
}

function seenBy(client: GatewayClient, { servers }: ServerSide, { offerings }: HubPlan): readonly string[] {
  return servers.all().flatMap(({ name }) => (offerings.sees(client, name) ? [name] : []));
}

interface Searching {
  readonly side: ServerSide;
  plan(): HubPlan;
  readonly toolCalls: ToolCalls;
  readonly options: ClientSideOptions;
}

/** Answers calls of the two tools of search mode, whose code is loaded for the first; undefined for any other. */
function createSearching({ side, plan, toolCalls, options }: Searching) {
  let loading: Promise<SearchMode> | undefined;
  const load = async (): Promise<SearchMode> => {
    const { createSearchMode } = await import('./search/search-mode.ts');
    const { knownToolsOf = async () => undefined, said = async () => [] } = options;
    return createSearchMode({ ...side, plan, knownToolsOf, said, callFound: toolCalls.call });
  };
  return (request: HubRequest, seat: Seat): Promise<Passed> | undefined => {
    const name = paramsOf(request).name;
    if (name !== FIND_TOOLS && name !== CALL_TOOL) return undefined;
    if (plan().offerings.modeOf(request.client) !== 'search') return undefined;
    loading ??= load();
    return loading.then((mode) =>
      name === FIND_TOOLS ? mode.find(request, seat) : mode.call(request, seat),
    );
  };
}
