import type { TokenEvents } from '../../auth/tokens/held-sign-in.ts';
import { McpctlError } from '../../core/errors.ts';
import { createSharedRedactor, type SharedRedactor } from '../../core/growing-redactor.ts';
import type { JsonObject } from '../../core/json.ts';
import { neverSent } from '../../core/never-sent.ts';
import { redactError } from '../../core/redact-error.ts';
import type { ChosenServer } from '../../manifest/choose.ts';
import { type Era, type Greeting, greet, modernMeta } from '../../mcp/greeting.ts';
import { outcomeOf } from '../../mcp/peer.ts';
import type { ServerLogOptions } from '../../mcp/server-log.ts';
import type { SupervisedTransport } from '../../mcp/supervised-transport.ts';
import type { Tool } from '../../mcp/tools.ts';
import type { Transport } from '../../mcp/transport.ts';
import { connectServer } from '../servers/connect-server.ts';
import type { TokenMachine } from '../servers/open-server-tokens.ts';
import { type PreparedServer, prepareServer, type ServerMachine } from '../servers/server-target.ts';
import { type Conversation, createConversation } from './conversation.ts';
import { legacyExchange, modernExchange } from './exchange.ts';
import { createListening, type Listening } from './listening.ts';
import type { Upstream, UpstreamEvents } from './upstream.ts';

export interface OpenUpstreamOptions {
  readonly chosen: ChosenServer;
  readonly machine: ServerMachine & TokenMachine & { readonly program: { readonly version: string } };
  readonly events: UpstreamEvents;
  /** Declared to a legacy server for the whole conversation: `sampling`, `elicitation`, `roots`. */
  readonly capabilities: JsonObject;
  /** The eras servers turned out to speak, by name; kept by who opens several. */
  readonly eras: Map<string, Era>;
  /** Gets remarks for the user. */
  note(line: string): void;
  /** Gets what the server says besides messages, line by line, redacted. */
  readonly write?: ServerLogOptions['write'];
  /** Learns the secrets of the server; one of its own without it. */
  readonly redactor?: SharedRedactor;
  /** Hears what becomes of its tokens. */
  readonly tokens?: TokenEvents;
  /** Judges the tools a program lists after it was started again; what it throws counts as a failed start. */
  verify?(tools: readonly Tool[]): void;
  /** Ends what is being opened. */
  readonly signal?: AbortSignal;
}

/** Longest wait for an answer to the greeting; a package may have to be fetched first. */
const GREETING_MS = 60_000;
/** A program that is silent so long may not answer what it does not know. */
const SILENCE_MS = 2000;

/**
 * Begins a conversation with a server: starts its program, or reaches its URL, and agrees on an era.
 * @throws what preparing, starting and greeting throw, with `data.sent` false.
 */
export async function openUpstream(options: OpenUpstreamOptions): Promise<Upstream> {
  const { chosen, machine, eras, note } = options;
  const prepared = await prepareServer(chosen, machine);
  for (const line of prepared.notes) note(line);
  const first = eras.get(chosen.server.name) === 'legacy' ? 'initialize' : 'discover';
  try {
    return await begin(options, prepared, first).catch(async (error: unknown) => {
      // Some older programs end when they hear anything before `initialize`.
      if (first === 'initialize' || !hasExited(error)) throw error;
      return await begin(options, prepared, 'initialize');
    });
  } catch (error) {
    throw error instanceof McpctlError ? neverSent(error) : error;
  }
}

async function begin(
  options: OpenUpstreamOptions,
  { target, secrets }: PreparedServer,
  first: 'initialize' | 'discover',
): Promise<Upstream> {
  const { chosen, machine, events, eras, verify, redactor = createSharedRedactor() } = options;
  const server = chosen.server.name;
  const redact = redactor.of(server, secrets);
  const { transport, supervised, tokens } = await connectServer({
    ...options,
    target,
    redact,
    supervise: { restarted: (reason) => events.restarted(reason), ...(verify && { verify }) },
  });
  const conversation = createConversation({ server, transport, events, redact });
  const close = async (): Promise<void> => {
    await conversation.close();
    await tokens?.close();
  };
  try {
    await conversation.start();
    const client = { name: 'mcpctl', version: machine.program.version };
    const agreed = await agree(conversation, options, client, first);
    eras.set(server, agreed.era);
    void conversation.ended.then(() => tokens?.close());
    return asUpstream({ server, agreed, client, conversation, transport, supervised, events, close });
  } catch (error) {
    await close();
    // It may quote what the server answered.
    throw redactError(error, redact);
  }
}

interface Agreed {
  readonly server: string;
  readonly agreed: Greeting;
  readonly client: { readonly name: string; readonly version: string };
  readonly conversation: Conversation;
  readonly transport: Transport;
  readonly supervised: SupervisedTransport | undefined;
  readonly events: UpstreamEvents;
  close(): Promise<void>;
}

function asUpstream(options: Agreed): Upstream {
  const { server, agreed, client, conversation, transport, supervised, events, close } = options;
  const { instructions, ...about } = agreed;
  const { capabilities } = agreed;
  const meta = modernMeta({ client, capabilities: {} });
  const listening: Listening | undefined =
    agreed.era === 'modern'
      ? createListening({ conversation, capabilities, meta, events, pause })
      : undefined;
  return {
    server,
    about: { ...about, ...(instructions !== undefined && { instructions }) },
    get pids() {
      return transport.pids ?? [];
    },
    request: listening
      ? modernExchange({ server, client, conversation, listening })
      : legacyExchange(conversation),
    notify(method, params) {
      // The modern era has no notifications of clients but cancellation, which is made here.
      if (!listening) conversation.notify(method, params).catch(() => {});
    },
    ended: conversation.ended,
    ...(supervised && { program: supervised, restart: (reason) => supervised.restart(reason) }),
    async close() {
      listening?.close();
      await close();
    },
  };
}

async function agree(
  conversation: Conversation,
  { chosen, capabilities, signal }: OpenUpstreamOptions,
  client: Agreed['client'],
  first: 'initialize' | 'discover',
): Promise<Greeting> {
  const server = chosen.server.name;
  const over = new AbortController();
  const stop = AbortSignal.any([over.signal, ...(signal ? [signal] : [])]);
  const timer = setTimeout(() => over.abort(late(server)), GREETING_MS);
  try {
    return await greet({
      server,
      client,
      capabilities,
      first,
      silenceMs: SILENCE_MS,
      async request(method, params) {
        const line = (id: number): Buffer =>
          Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
        const answer = await conversation.request({ method, line, signal: stop });
        const outcome = outcomeOf(server, JSON.parse(answer.line.toString('utf8')));
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
      notify: (method) => conversation.notify(method),
    });
  } finally {
    clearTimeout(timer);
    // A question that was never answered must not count as a request in flight.
    over.abort();
  }
}

function late(server: string): McpctlError {
  return new McpctlError('SERVER_TIMEOUT', `${server} did not answer a greeting within ${GREETING_MS} ms.`, {
    hint: `mcpctl doctor ${server}`,
    data: { server, timeoutMs: GREETING_MS },
  });
}

function hasExited(error: unknown): boolean {
  return error instanceof McpctlError && error.code === 'SERVER_EXITED';
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const timer = setTimeout(stop, milliseconds).unref();
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
}
