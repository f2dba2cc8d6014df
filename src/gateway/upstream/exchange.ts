import type { RawAnswer } from '../../calls/raw-answer.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { modernMeta } from '../../mcp/greeting.ts';
import { RpcRefusal } from '../../mcp/peer.ts';
import { splice } from '../../mcp/splice.ts';
import { CAPABILITY_NEEDED } from '../bridge/answers.ts';
import { capabilityFor, takesQuestion } from '../bridge/questions.ts';
import type { Conversation } from './conversation.ts';
import { playInput } from './input-rounds.ts';
import type { Listening } from './listening.ts';
import { responseLine } from './messages.ts';
import { LOG_LEVEL_KEY, type RequestInput, requestLine } from './request-line.ts';
import type { Upstream, UpstreamRequest } from './upstream.ts';

/** How requests are made in one era. */
export type Exchange = Upstream['request'];

/** A retry that goes on with something is refused: a legacy server would begin again. */
export function legacyExchange(conversation: Conversation): Exchange {
  const once = (request: UpstreamRequest): Promise<RawAnswer> =>
    exchangeOnce(conversation, request, NO_META, NO_INPUT);
  const noticing: Exchange = async (request) => {
    const lacking: JsonObject = {};
    const { ask, capabilities } = request;
    const answer = await once({
      ...request,
      ask:
        ask &&
        (async (method, params) => {
          if (!takesQuestion(capabilities, method, params))
            Object.assign(lacking, capabilityFor(method, params));
          return await ask(method, params);
        }),
    });
    return answer.isError ? withReason(answer, lacking) : answer;
  };
  return (request) => {
    if (request.params.requestState !== undefined) return Promise.resolve(invalidState());
    // Another client is not told what it would have to declare.
    return request.passesInput ? noticing(request) : once(request);
  };
}

function invalidState(): RawAnswer {
  const error = { code: -32602, message: 'The requestState is no longer valid.' };
  return { line: responseLine({ error }), isError: true };
}

const NO_META = {};
const NO_INPUT: RequestInput = { responses: undefined, state: undefined };

/** A modern client is told what it would have to declare for the call to go through. */
function withReason({ line, isError }: RawAnswer, requiredCapabilities: JsonObject): RawAnswer {
  if (Object.keys(requiredCapabilities).length === 0) return { line, isError };
  const changes = [
    { path: ['error', 'code'], json: String(CAPABILITY_NEEDED) },
    { path: ['error', 'data'], json: JSON.stringify({ requiredCapabilities }) },
  ];
  return { line: splice(line, changes), isError };
}

export interface ModernExchangeOptions {
  readonly server: string;
  readonly client: { readonly name: string; readonly version: string };
  readonly conversation: Conversation;
  readonly listening: Listening;
}

/** What the modern era has no method for is answered here. */
export function modernExchange(options: ModernExchangeOptions): Exchange {
  const { server, client, conversation, listening } = options;
  const local: Record<string, (request: UpstreamRequest) => Promise<RawAnswer>> = {
    'resources/subscribe': async ({ params }) => {
      await listening.subscribe(String(params.uri));
      return done();
    },
    'resources/unsubscribe': async ({ params }) => {
      await listening.unsubscribe(String(params.uri));
      return done();
    },
    'logging/setLevel': async () => done(),
    async ping(request) {
      const answer = await ask({ ...request, method: 'server/discover', params: {} });
      return answer.isError ? answer : done();
    },
  };
  const ask: Exchange = async (request) => {
    const { capabilities, logLevel } = request;
    const meta = { ...modernMeta({ client, capabilities }), [LOG_LEVEL_KEY]: logLevel };
    const send = (input: RequestInput | undefined): Promise<RawAnswer> =>
      exchangeOnce(conversation, request, meta, input);
    try {
      return await playInput({ server, request, send });
    } catch (error) {
      if (!(error instanceof RpcRefusal)) throw error;
      const { code, message } = error;
      return { line: responseLine({ error: { code, message } }), isError: true };
    }
  };
  return (request) => (local[request.method] ?? ask)(request);
}

function done(): RawAnswer {
  return { line: responseLine({ result: {} }), isError: false };
}

function exchangeOnce(
  conversation: Conversation,
  request: UpstreamRequest,
  meta: Readonly<Record<string, Json | undefined>>,
  input: RequestInput | undefined,
): Promise<RawAnswer> {
  const { method, params, line, signal, trace } = request;
  return conversation.request({
    method,
    signal,
    listener: request,
    line(id) {
      const progressToken = request.progress ? id : undefined;
      const all = { ...meta, ...trace, progressToken };
      return requestLine({ id, method, params, line, meta: all, input });
    },
  });
}
