import { randomBytes } from 'node:crypto';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { createParkedCalls } from '../bridge/parked-calls.ts';
import type { GatewayClient } from './client.ts';
import { failureLine } from './failure-line.ts';
import { createFanOut, type HubClient } from './fan-out.ts';
import { SERVER_INFO_META, serverInfo } from './greeting.ts';
import type { Hub } from './hub.ts';
import { createHubServers, type HubServers } from './hub-servers.ts';
import { createListening } from './listening.ts';
import { createLogLevels } from './log-levels.ts';
import { RpcFault } from './messages.ts';
import { LISTS } from './offer.ts';
import type { OpenUpstream } from './open-upstream.ts';
import { createPassOn } from './pass-on.ts';
import type { HubPlan } from './plan.ts';
import type { Conversation } from './pool.ts';
import { createQuestions } from './questions.ts';
import { createRequests } from './requests.ts';
import { createRouting } from './routing.ts';
import { type Seat, seatOf } from './seat.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createToolCalls } from './tool-calls.ts';
import { createViews } from './views.ts';

export interface HubOptions {
  /** Of mcpctl. */
  readonly version: string;
  readonly plan: HubPlan;
  readonly openUpstream: OpenUpstream;
  /** Where offers are kept between starts. */
  readonly folder: string;
  readonly now: () => number;
  /** Longest wait for servers nothing is known of, in milliseconds; `aloneMs` where a client asked for one server. */
  readonly waits?: { readonly allMs: number; readonly aloneMs: number };
}

/** A hub whose plan can be replaced while it works. */
export interface PlannedHub extends Hub {
  become(plan: HubPlan): void;
}

const WAITS = { allMs: 1500, aloneMs: 10_000 };
const GATHER_MS = 50;
const TIMEOUT_MS = 60_000;
/** Each has a program of its own meanwhile. */
const MOST_PARKED = 16;
const PARKED_MS = 600_000;

export function createHub(options: HubOptions): PlannedHub {
  const { version, openUpstream, folder, now, waits = WAITS } = options;
  let { plan } = options;
  const clients = new Map<string, HubClient>();
  const hubClient = (client: GatewayClient): HubClient => {
    const known = clients.get(client.id) ?? { client, listed: new Set() };
    clients.set(client.id, known);
    return known;
  };
  const subscriptions = createSubscriptions(askAbout);
  const questions = createQuestions();
  const logLevels = createLogLevels(() => clients.values());
  const servers: HubServers = createHubServers({
    openUpstream,
    folder,
    now,
    idleStopMs: () => plan.idleStopMs,
    events: {
      changed: (server, seat, names) => fanOut.changed(server, seat, names),
      notified(server, seat, method, params) {
        if (method === 'notifications/resources/updated') {
          plan.calls.forget(server, ['resources']);
          subscriptions.updated(server, seat, params);
        } else fanOut.notified(seat, server, method, params);
      },
      asked: questions.ask,
      opened(server, conversation) {
        const served = servers.get(server);
        if (served) subscriptions.opened(served, conversation);
        logLevels.tell(conversation);
      },
    },
  });
  const views = createViews({
    servers: servers.all,
    shows: (...tool) => plan.calls.shows(...tool),
    waitMs: waits.allMs,
    waitAloneMs: waits.aloneMs,
  });
  const routing = createRouting({ views, server: servers.get, servers: servers.all });
  const listening = createListening(routing, subscriptions);
  const fanOut = createFanOut({
    clients: () => clients.values(),
    listens: listening.listens,
    gatherMs: GATHER_MS,
  });
  const toolCalls = createToolCalls({
    routing,
    servers,
    questions,
    plan: () => plan,
    logLevel: logLevels.of,
    now,
  });
  const parked = createParkedCalls({
    key: randomBytes(32),
    now,
    mostParked: MOST_PARKED,
    ttlMs: PARKED_MS,
    meta: { [SERVER_INFO_META]: serverInfo(version) },
  });
  const answer = createRequests({
    version,
    parked,
    passOn: createPassOn({
      routing,
      questions,
      resources: () => plan.calls.resources,
      isSubscribed: subscriptions.has,
      logLevel: logLevels.of,
      timeoutMs: TIMEOUT_MS,
    }),
    client: ({ client }) => hubClient(client),
    view: ({ client, signal }, seat) => views.of(client, seat, signal),
    isPartial: ({ offered }, { client: { only } }) =>
      servers
        .all()
        .some(
          ({ name }) =>
            (only === undefined || only === name) && !offered.some(({ server }) => server === name),
        ),
    callTool: toolCalls.call,
    setLogLevel({ client }) {
      const seat = seatOf(client);
      for (const { held } of servers.all())
        for (const conversation of held(seat)) logLevels.tell(conversation);
    },
    subscribe: listening.subscribe,
    unsubscribe: listening.unsubscribe,
    listen: listening.listen,
  });
  servers.become(plan.servers);

  return {
    async request(request) {
      try {
        hubClient(request.client);
        return await answer(request, seatOf(request.client, request.message));
      } catch (error) {
        return failureLine(request.id, error);
      }
    },
    notification(client, _, { method }) {
      if (method !== 'notifications/roots/list_changed') return;
      const seat = seatOf(client);
      if (seat.kind !== 'own') return;
      for (const { held } of servers.all()) for (const { upstream } of held(seat)) upstream.notify(method);
    },
    gone(client) {
      clients.delete(client.id);
      listening.gone(client);
      const seat = seatOf(client);
      if (seat.kind === 'own') for (const served of servers.all()) served.release(seat);
    },
    servers: () => servers.all().map(({ view }) => view()),
    async restart(server) {
      const served = servers.get(server);
      if (!served) throw unknown(server, servers);
      plan.calls.forget(server);
      await served.restart();
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
        for (const seat of seatsNow()) void served?.offers.refresh(seat).catch(() => {});
      }
      if (before.calls === next.calls) return;
      toolCalls.planned();
      views.forget();
      fanOut.changed(undefined, undefined, ['tools']);
    },
  };

  /** One for each audience that listens or listed something. */
  function seatsNow(): Iterable<Seat> {
    const seats = [...clients.values()]
      .filter(({ listed }) => listed.size > 0)
      .map(({ client }) => seatOf(client));
    return new Map(
      [...seats, ...[...listening.listens()].map(({ seat }) => seat)].map((seat) => [seat.key, seat]),
    ).values();
  }
}

async function askAbout(
  { upstream, seat }: Conversation,
  method: string,
  uri: string,
  signal: AbortSignal,
): Promise<void> {
  const { capabilities } = seat;
  const { isError, line } = await upstream.request({ method, params: { uri }, signal, capabilities });
  if (!isError) return;
  const { error } = JSON.parse(line.toString('utf8')) as JsonObject;
  const { code, message } = isRecord(error) ? error : {};
  throw new RpcFault(typeof code === 'number' ? code : -32603, String(message));
}

function unknown(server: string, servers: HubServers): McpctlError {
  const known = servers.all().map(({ name }) => name);
  return new McpctlError('SERVER_UNKNOWN', `The gateway has no server ${JSON.stringify(server)}.`, {
    hint: known.length === 0 ? 'mcpctl list' : `It has: ${known.join(', ')}.`,
    data: { server, known },
  });
}
