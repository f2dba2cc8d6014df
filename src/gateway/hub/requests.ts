import { implementationOf } from '../../calls/call-facts.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { bridgeAnswer } from '../bridge/answers.ts';
import type { ParkedCalls } from '../bridge/parked-calls.ts';
import type { ClientRequest } from './client.ts';
import { discoverResult, type Greeting, initializeResult, SERVER_INFO_META, serverInfo } from './greeting.ts';
import type { HubClient } from './hub-clients.ts';
import { isLogLevel } from './log-level.ts';
import { INVALID_PARAMS, METHOD_NOT_FOUND, RpcFault, resultLine, resultTextLine } from './messages.ts';
import type { ListName } from './offer.ts';
import { type Passed, type PassOn, paramsOf } from './pass-on.ts';
import type { HubRequest } from './questions.ts';
import { searchTools } from './search/definitions.ts';
import { type Seat, seatOf } from './seat.ts';
import type { View } from './view.ts';
import type { Patience } from './views.ts';

export interface RequestsOptions {
  /** Of mcpctl. */
  readonly version: string;
  readonly passOn: PassOn;
  client(request: ClientRequest): HubClient;
  view(request: ClientRequest, seat: Seat, patience?: Patience): Promise<View>;
  /** In search mode: the servers whose tools can be found, by what is known of them. */
  searched(view: View, request: ClientRequest): readonly string[];
  isSearching(request: ClientRequest): boolean;
  /** Servers a client sees of which nothing is known yet. */
  isPartial(view: View, request: ClientRequest): boolean;
  callTool(request: HubRequest, seat: Seat): Promise<Passed>;
  readonly parked: ParkedCalls;
  setLogLevel(client: HubClient): void;
  subscribe(request: ClientRequest, seat: Seat): Promise<void>;
  unsubscribe(request: ClientRequest, seat: Seat): void;
  /** Settles with the result when it ends. */
  listen(request: ClientRequest, seat: Seat): Promise<JsonObject>;
}

/** Throws, or rejects with, what went wrong. */
type Answer = (request: ClientRequest, seat: Seat) => Promise<Buffer>;

interface Method {
  /** In both unless said. */
  readonly era?: 'legacy' | 'modern';
  readonly answer: Answer;
}

/** Time for which lists may be kept by clients; they hear of changes before. */
const LIST_TTL_MS = 60_000;

/** Answers requests by their methods. @throws RpcFault for what the client did wrong. */
export function createRequests(options: RequestsOptions): Answer {
  const { version, passOn, view, parked } = options;
  const info = JSON.stringify({ [SERVER_INFO_META]: serverInfo(version) });
  const greeting = async (request: ClientRequest, seat: Seat): Promise<Greeting> => {
    const isSearching = options.isSearching(request);
    const seen = await view(request, seat, isSearching ? 'none' : 'current');
    const isAlone = request.client.only !== undefined;
    const searched = isSearching ? options.searched(seen, request) : undefined;
    return { version, isAlone, offered: seen.offered, isPartial: options.isPartial(seen, request), searched };
  };
  const list =
    (name: ListName): Answer =>
    async (request, seat) => {
      const isSearching = name === 'tools' && options.isSearching(request);
      const seen = await view(request, seat, isSearching ? 'none' : 'current');
      const page = isSearching
        ? `"tools":${JSON.stringify(searchTools(options.searched(seen, request)))}`
        : seen.page(name, paramsOf(request).cursor);
      options.client(request).listed.add(name);
      if (request.client.era === 'legacy') return resultTextLine(request.id, `{${page}}`);
      const ttlMs = options.isPartial(seen, request) ? 0 : LIST_TTL_MS;
      const facts = `"resultType":"complete","ttlMs":${ttlMs},"cacheScope":"private","_meta":${info}`;
      return resultTextLine(request.id, `{${page},${facts}}`);
    };
  /** What a server answers, as the client's era has it; the questions meanwhile go to the client. */
  const pass = (act: (request: HubRequest, seat: Seat) => Promise<Passed>): Answer => {
    const bridged = async (request: HubRequest, seat: Seat): Promise<Buffer> => {
      const answered = await act(request, seat);
      const { from, serverInfo: info } = answered;
      const { method, client } = request;
      const { capabilities } = seat;
      return bridgeAnswer(answered, { from, serverInfo: info, method, to: client.era, capabilities }).line;
    };
    return (request, seat) => {
      const { client, method, id, signal, notify } = request;
      const params = paramsOf(request);
      if (client.era === 'legacy' || (seat.kind !== 'lane' && params.requestState === undefined)) {
        return bridged(request, seat);
      }
      const { principal } = client;
      const { capabilities } = seat;
      const parkable = { principal, method, params, id, capabilities, signal, notify };
      return parked.run(parkable, (call) =>
        bridged({ ...request, signal: call.signal, notify: call.notify, ask: call.ask }, seat),
      );
    };
  };
  const nothing =
    (act: (request: ClientRequest, seat: Seat) => Promise<void> | void): Answer =>
    async (request, seat) => {
      await act(request, seat);
      return resultLine(request.id, {});
    };

  const methods: Readonly<Record<string, Method>> = {
    initialize: {
      era: 'legacy',
      async answer(request) {
        greet(request);
        const { protocolVersion } = paramsOf(request);
        const told = await greeting(request, seatOf(request.client));
        return resultLine(request.id, initializeResult(told, protocolVersion));
      },
    },
    ping: { era: 'legacy', answer: nothing(() => {}) },
    'server/discover': {
      era: 'modern',
      answer: async (request, seat) => resultLine(request.id, discoverResult(await greeting(request, seat))),
    },
    'tools/list': { answer: list('tools') },
    'prompts/list': { answer: list('prompts') },
    'resources/list': { answer: list('resources') },
    'resources/templates/list': { answer: list('resourceTemplates') },
    'tools/call': { answer: pass(options.callTool) },
    'prompts/get': { answer: pass(passOn.getPrompt) },
    'resources/read': { answer: pass(passOn.readResource) },
    'completion/complete': { answer: pass(passOn.complete) },
    'resources/subscribe': { era: 'legacy', answer: nothing(options.subscribe) },
    'resources/unsubscribe': { era: 'legacy', answer: nothing(options.unsubscribe) },
    'logging/setLevel': {
      era: 'legacy',
      answer: nothing((request) => {
        const { level } = paramsOf(request);
        if (!isLogLevel(level)) throw new RpcFault(INVALID_PARAMS, 'There is no such log level.');
        const client = options.client(request);
        client.logLevel = level;
        options.setLogLevel(client);
      }),
    },
    'subscriptions/listen': {
      era: 'modern',
      answer: async (request, seat) => resultLine(request.id, await options.listen(request, seat)),
    },
  };

  return (request, seat) => {
    const { method, client } = request;
    const known = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (!known || (known.era !== undefined && known.era !== client.era)) {
      throw new RpcFault(METHOD_NOT_FOUND, `Method not found: ${method.slice(0, LONGEST_QUOTE)}`);
    }
    return known.answer(request, seat);
  };
}

const LONGEST_QUOTE = 128;

/** Keeps what a legacy client says of itself. */
function greet({ client, message }: ClientRequest): void {
  const params = isRecord(message.params) ? message.params : {};
  const { protocolVersion, capabilities } = params;
  const info = implementationOf(params.clientInfo);
  client.hello = {
    capabilities: (isRecord(capabilities) ? capabilities : {}) as JsonObject,
    ...(typeof protocolVersion === 'string' && { protocolVersion }),
    ...(info && { info }),
  };
}
