import { McpctlError } from '../core/errors.ts';
import { isRecord, type Json, type JsonObject } from '../core/json.ts';
import { type Era, type Greeting, greet, modernMeta } from './greeting.ts';
import { createPeer, type Peer, type RequestOptions, RpcRefusal } from './peer.ts';
import type { Transport } from './transport.ts';

/** Answers what a server asks of its client; each is declared to the server only when given. */
export interface ClientHandlers {
  /** `elicitation/create`. */
  elicit?(params: JsonObject): Promise<JsonObject>;
  /** `sampling/createMessage`. */
  sample?(params: JsonObject): Promise<JsonObject>;
  /** `notifications/message` and the list changes. */
  notified?(method: string, params: JsonObject): void;
}

export interface SessionOptions {
  readonly server: string;
  readonly transport: Transport;
  readonly client: { readonly name: string; readonly version: string };
  /** Absolute; the one root told to a server that asks. */
  readonly cwd: string;
  readonly handlers?: ClientHandlers;
  /** `initialize` first asks legacy servers without a failed request; `discover` first suits HTTP. */
  readonly first?: 'initialize' | 'discover';
  readonly request?: RequestOptions;
}

export interface Session {
  readonly era: Era;
  readonly protocolVersion: string;
  readonly serverInfo: JsonObject;
  readonly capabilities: JsonObject;
  readonly instructions: string | undefined;
  /** Like the peer's request, with what the era demands added and `input_required` answers played through. */
  request(method: string, params?: JsonObject, options?: RequestOptions): Promise<JsonObject>;
  close(): Promise<void>;
}

const INPUT_ROUNDS = 10;

/** Starts the transport and agrees with the server on an era; on failure everything is closed again. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { server, transport, handlers = {}, cwd } = options;
  const answer = createAnswers(handlers, cwd);
  const peer = createPeer({ server, transport, answer, notified: (...args) => handlers.notified?.(...args) });
  try {
    await peer.start();
    const capabilities = capabilitiesOf(handlers);
    const greeting = await greet({
      server,
      client: options.client,
      capabilities,
      first: options.first,
      request: (method, params) => peer.request(method, params, options.request),
      notify: (method) => peer.notify(method),
    });
    return {
      ...greeting,
      request: (method, params = {}, requestOptions = {}) =>
        converse({ peer, greeting, options, answer, method, params, requestOptions }),
      close: () => peer.close(),
    };
  } catch (error) {
    await peer.close();
    throw error;
  }
}

interface Conversation {
  readonly peer: Peer;
  readonly greeting: Greeting;
  readonly options: SessionOptions;
  readonly answer: (method: string, params: JsonObject) => Promise<JsonObject>;
  readonly method: string;
  readonly params: JsonObject;
  readonly requestOptions: RequestOptions;
}

async function converse(conversation: Conversation): Promise<JsonObject> {
  const { peer, greeting: agreed, options, answer, method, requestOptions } = conversation;
  const requested = { ...options.request, ...requestOptions };
  if (agreed.era === 'legacy') return await peer.request(method, conversation.params, requested);
  const given = isRecord(conversation.params._meta) ? conversation.params._meta : {};
  let params = {
    ...conversation.params,
    _meta: {
      ...(given as JsonObject),
      ...modernMeta({ client: options.client, capabilities: capabilitiesOf(options.handlers) }),
    },
  };
  for (let round = 0; round < INPUT_ROUNDS; round += 1) {
    const result = await peer.request(method, params, requested);
    if (result.resultType !== 'input_required') return result;
    const { inputRequests, requestState, ...rest } = result;
    void rest;
    params = {
      ...params,
      inputResponses: await answerInputs(inputRequests, answer),
      ...(requestState !== undefined && { requestState }),
    } as typeof params;
  }
  throw new McpctlError(
    'SERVER_PROTOCOL',
    `${options.server} asked for input more than ${INPUT_ROUNDS} times.`,
  );
}

async function answerInputs(inputs: Json | undefined, answer: Conversation['answer']): Promise<JsonObject> {
  const responses: JsonObject = {};
  for (const [key, input] of Object.entries(isRecord(inputs) ? inputs : {})) {
    if (!isRecord(input)) continue;
    responses[key] = await answer(
      String(input.method),
      (isRecord(input.params) ? input.params : {}) as JsonObject,
    );
  }
  return responses;
}

// Roots are answered but not declared: a declared root replaces the folders server-filesystem was given.
function capabilitiesOf(handlers: ClientHandlers = {}): JsonObject {
  return { ...(handlers.elicit && { elicitation: {} }), ...(handlers.sample && { sampling: {} }) };
}

function createAnswers(handlers: ClientHandlers, cwd: string) {
  return async (method: string, params: JsonObject): Promise<JsonObject> => {
    if (method === 'ping') return {};
    if (method === 'roots/list') return { roots: [{ uri: folderUrl(cwd), name: cwd }] };
    if (method === 'elicitation/create' && handlers.elicit) return await handlers.elicit(params);
    if (method === 'sampling/createMessage' && handlers.sample) return await handlers.sample(params);
    throw new RpcRefusal(-32601, `mcpctl does not answer ${method} here.`);
  };
}

function folderUrl(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  return new URL(`file://${slashed.startsWith('/') ? '' : '/'}${encodeURI(slashed)}`).href;
}
