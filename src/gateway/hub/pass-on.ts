import type { ResourceCache } from '../../calls/cache/resource-cache.ts';
import type { RawAnswer } from '../../calls/raw-answer.ts';
import { traceOf } from '../../calls/trace.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { Era } from '../../mcp/greeting.ts';
import { withId } from '../../mcp/splice.ts';
import type { BridgedAnswer } from '../bridge/answers.ts';
import type { ClientRequest } from './client.ts';
import { INVALID_PARAMS, RpcFault } from './messages.ts';
import type { Origin } from './names.ts';
import type { HubRequest, Questions } from './questions.ts';
import type { Route, Routing } from './routing.ts';
import type { Seat } from './seat.ts';
import type { ServedServer } from './served-server.ts';
import { timeLimit } from './time-limit.ts';
import { upstreamRequest } from './upstream-request.ts';

export interface PassOnOptions {
  readonly routing: Routing;
  readonly questions: Questions;
  resources(): ResourceCache;
  isSubscribed(served: ServedServer, uri: string, seat: Seat): boolean;
  logLevel(request: ClientRequest): string | undefined;
  /** Longest wait for an answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** An answer of a server, in its own era, under the id of the client's request. */
export interface Passed extends BridgedAnswer {
  readonly from?: Era | undefined;
  readonly serverInfo?: JsonObject | undefined;
}

/** Requests about one prompt or resource, which go to the server that has it. */
export interface PassOn {
  getPrompt(request: HubRequest, seat: Seat): Promise<Passed>;
  readResource(request: HubRequest, seat: Seat): Promise<Passed>;
  complete(request: HubRequest, seat: Seat): Promise<Passed>;
}

export function createPassOn(options: PassOnOptions): PassOn {
  const { routing, questions, logLevel, timeoutMs } = options;
  const send = async (
    { served }: Route,
    request: HubRequest,
    seat: Seat,
    sent: { params: JsonObject; line?: Buffer; signal?: StopSignal },
  ): Promise<RawAnswer> => {
    const { message, trace = traceOf(message), method } = request;
    const { signal, life, clear } = timeLimit({
      signal: sent.signal ?? request.signal,
      milliseconds: timeoutMs,
      late: () => late(served.name, method, timeoutMs),
    });
    const level = logLevel(request);
    const asked = { server: served.name, seat, request, signal, life };
    try {
      return await served.use(seat, { signal, isExclusive: true }, ({ upstream }) =>
        questions.during(asked, (ask) =>
          upstream.request(
            upstreamRequest({
              ...(upstream.about.era === 'modern' ? sent : withoutInput(sent)),
              request,
              seat,
              signal,
              trace,
              ...(level !== undefined && { logLevel: level }),
              heard() {
                life.heardAt = performance.now();
              },
              ask,
            }),
          ),
        ),
      );
    } finally {
      clear();
    }
  };
  const read = async (route: Route, request: ClientRequest, seat: Seat): Promise<RawAnswer> => {
    const params = paramsOf(request);
    const { served, origin } = route;
    const ask = (signal: StopSignal): Promise<RawAnswer> =>
      send(route, request, seat, { ...withUri(params, params.uri, origin, request.line), signal });
    // Who can be asked something may get another answer, and so may who sends more than the URI.
    const isPlain = Object.keys(params).every((name) => name === 'uri' || name === '_meta');
    if (seat.kind !== 'shared' || !isPlain) return await ask(request.signal);
    const wanted = {
      server: served.name,
      principal: seat.principal,
      instance: served.here.digest,
      era: request.client.era,
      uri: origin.name,
      isSubscribed: options.isSubscribed(served, origin.name, seat),
      signal: request.signal,
    };
    return await options.resources().through(wanted, ask);
  };
  /** The first that has it answers; servers need not list what they have. */
  const ofFirst = async (
    routes: readonly Route[],
    ask: (route: Route) => Promise<RawAnswer>,
  ): Promise<{ route: Route; answer: RawAnswer }> => {
    let failure: unknown;
    let last: { route: Route; answer: RawAnswer } | undefined;
    for (const route of routes) {
      try {
        const answer = await ask(route);
        if (!answer.isError) return { route, answer };
        last ??= { route, answer };
      } catch (error) {
        failure ??= error;
      }
    }
    if (last) return last;
    throw failure;
  };

  return {
    async getPrompt(request, seat) {
      const params = paramsOf(request);
      const route = await routing.named('prompts', params.name, request, seat);
      const sent = { params: { ...params, name: route.origin.name }, line: request.line };
      return passed(route, seat, request, await send(route, request, seat, sent));
    },
    async readResource(request, seat) {
      const params = paramsOf(request);
      const routes = await routing.addressed(params.uri, request, seat);
      const { route, answer } = await ofFirst(routes, (route) => read(route, request, seat));
      const line = withShownUri(answer.line, route.origin.name, String(params.uri));
      return passed(route, seat, request, { ...answer, line });
    },
    async complete(request, seat) {
      const params = paramsOf(request);
      const { ref } = params;
      if (!isRecord(ref)) throw new RpcFault(INVALID_PARAMS, 'The request has no ref.');
      if (ref.type === 'ref/prompt') {
        const route = await routing.named('prompts', ref.name, request, seat);
        const sent = { params: { ...params, ref: { ...(ref as JsonObject), name: route.origin.name } } };
        return passed(route, seat, request, await send(route, request, seat, sent));
      }
      const routes = await routing.addressed(ref.uri, request, seat);
      const { route, answer } = await ofFirst(routes, (one) =>
        send(one, request, seat, {
          params: { ...params, ref: { ...(ref as JsonObject), uri: one.origin.name } },
        }),
      );
      return passed(route, seat, request, answer);
    },
  };
}

function passed({ served }: Route, seat: Seat, { id }: ClientRequest, { line, isError }: RawAnswer): Passed {
  const about = served.offers.known(seat)?.about;
  return { line: withId(line, id), isError, from: about?.era, serverInfo: about?.serverInfo };
}

function late(server: string, method: string, timeoutMs: number): McpctlError {
  return new McpctlError('SERVER_TIMEOUT', `${server} did not answer ${method} within ${timeoutMs} ms.`, {
    hint: `mcpctl doctor ${server}`,
    data: { server, method, timeoutMs },
  });
}

export function paramsOf({ message }: ClientRequest): JsonObject {
  return (isRecord(message.params) ? message.params : {}) as JsonObject;
}

/** Answers to questions are nothing for a legacy server. */
function withoutInput(sent: { params: JsonObject; line?: Buffer }): { params: JsonObject; line?: Buffer } {
  const { inputResponses, requestState, ...params } = sent.params;
  return inputResponses === undefined && requestState === undefined ? sent : { params };
}

/** The bytes can be passed on only where the URI is the server's own. */
function withUri(
  params: JsonObject,
  shown: unknown,
  { name }: Origin,
  line: Buffer,
): { params: JsonObject; line?: Buffer } {
  return shown === name ? { params, line } : { params: { ...params, uri: name } };
}

/** What was read carries the URI the client asked for. */
function withShownUri(line: Buffer, own: string, shown: string): Buffer {
  if (own === shown) return line;
  const message = JSON.parse(line.toString('utf8')) as JsonObject;
  const { result } = message;
  if (!isRecord(result) || !Array.isArray(result.contents)) return line;
  const prefix = shown.slice(0, shown.length - own.length);
  const contents = (result.contents as JsonObject[]).map((part) =>
    typeof part?.uri === 'string' ? { ...part, uri: prefix + part.uri } : part,
  );
  return Buffer.from(`${JSON.stringify({ ...message, result: { ...result, contents } })}\n`);
}
