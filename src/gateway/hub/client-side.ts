import { randomBytes } from 'node:crypto';
import { createParkedCalls, type ParkedCalls } from '../bridge/parked-calls.ts';
import type { ClientRequest } from './client.ts';
import { SERVER_INFO_META, serverInfo } from './greeting.ts';
import type { HubClients } from './hub-clients.ts';
import { createPassOn } from './pass-on.ts';
import type { HubPlan } from './plan.ts';
import { createRequests } from './requests.ts';
import { type Seat, seatOf } from './seat.ts';
import type { ServerSide } from './server-side.ts';
import { createToolCalls, type ToolCalls } from './tool-calls.ts';

export interface ClientSideOptions {
  /** Of mcpctl. */
  readonly version: string;
  readonly now: () => number;
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
  { version, now }: ClientSideOptions,
  side: ServerSide,
  clients: HubClients,
  plan: () => HubPlan,
): ClientSide {
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
  const answer = createRequests({
    version,
    parked,
    passOn,
    client: ({ client }) => clients.of(client),
    view: ({ client, signal }, seat) => views.of(client, seat, signal),
    isPartial: ({ offered }, { client: { only } }) =>
      servers
        .all()
        .filter(({ name }) => only === undefined || only === name)
        .some(({ name }) => !offered.some(({ server }) => server === name)),
    callTool: toolCalls.call,
    setLogLevel({ client }) {
      for (const conversation of servers.held(seatOf(client))) logLevels.tell(conversation);
    },
    subscribe: listening.subscribe,
    unsubscribe: listening.unsubscribe,
    listen: listening.listen,
  });
  return { answer, toolCalls, parked };
}
