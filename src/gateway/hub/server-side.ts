import { isRecord, type JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import { createFanOut, type FanOut } from './fan-out.ts';
import type { HubClients } from './hub-clients.ts';
import { createHubServers, type HubServers } from './hub-servers.ts';
import { createListening, type Listening } from './listening.ts';
import { createLogLevels, type LogLevels } from './log-levels.ts';
import { RpcFault } from './messages.ts';
import type { Offerings } from './offerings.ts';
import type { OpenUpstream } from './open-upstream.ts';
import type { HubPlan } from './plan.ts';
import type { Conversation } from './pool.ts';
import { createQuestions, type Questions } from './questions.ts';
import { createRouting, type Routing } from './routing.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';
import { createViews, type Views } from './views.ts';

export interface ServerSideOptions {
  readonly openUpstream: OpenUpstream;
  /** Where offers are kept between starts. */
  readonly folder: string;
  readonly now: () => number;
  /** Longest wait for servers nothing is known of, in milliseconds; `aloneMs` where a client asked for one server. */
  readonly waits?: { readonly allMs: number; readonly aloneMs: number };
}

/** The servers, and all that goes from them to clients unasked. */
export interface ServerSide {
  readonly servers: HubServers;
  readonly views: Views;
  readonly routing: Routing;
  readonly subscriptions: Subscriptions;
  readonly listening: Listening;
  readonly fanOut: FanOut;
  readonly questions: Questions;
  readonly logLevels: LogLevels;
}

const WAITS = { allMs: 1500, aloneMs: 10_000 };
const GATHER_MS = 50;

export function createServerSide(
  options: ServerSideOptions,
  clients: HubClients,
  plan: () => HubPlan,
): ServerSide {
  const { waits = WAITS, ...shared } = options;
  const offerings = (): Offerings => plan().offerings;
  const subscriptions = createSubscriptions(askAbout);
  const questions = createQuestions();
  const logLevels = createLogLevels(clients);
  const servers: HubServers = createHubServers({
    ...shared,
    idleStopMs: () => plan().idleStopMs,
    events: {
      changed(server, seat, names) {
        fanOut.changed(server, seat, names);
        if (names.includes('tools')) servers.changedIn(server);
      },
      notified(server, seat, method, params) {
        if (method === 'notifications/resources/updated') {
          plan().calls.forget(server, ['resources']);
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
    offerings,
    shows: (...tool) => plan().calls.shows(...tool),
    waitMs: waits.allMs,
    waitAloneMs: waits.aloneMs,
  });
  const routing = createRouting({ views, offerings, server: servers.get, servers: servers.all });
  const listening = createListening(routing, subscriptions);
  const fanOut = createFanOut({
    clients: clients.all,
    listens: listening.listens,
    offerings,
    gatherMs: GATHER_MS,
  });
  return { servers, views, routing, subscriptions, listening, fanOut, questions, logLevels };
}

async function askAbout(
  { upstream, seat }: Conversation,
  method: string,
  uri: string,
  signal: StopSignal,
): Promise<void> {
  const { capabilities } = seat;
  const { isError, line } = await upstream.request({ method, params: { uri }, signal, capabilities });
  if (!isError) return;
  const { error } = JSON.parse(line.toString('utf8')) as JsonObject;
  const { code, message } = isRecord(error) ? error : {};
  throw new RpcFault(typeof code === 'number' ? code : -32603, String(message));
}
