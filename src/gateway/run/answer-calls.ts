import { type Implementation, implementationOf } from '../../calls/call-facts.ts';
import type { Policy } from '../../calls/policy.ts';
import { refusalLine } from '../../calls/refusal-line.ts';
import type { ToolCall, ToolHandler } from '../../calls/tool-call.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { neverSent } from '../../core/never-sent.ts';
import { ShortLivedMap } from '../../core/short-lived-map.ts';
import { Stop } from '../../core/stop.ts';
import { type Envelope, readEnvelope } from '../../mcp/envelope.ts';
import { isLookAlike } from '../../mcp/look-alike.ts';
import { splice } from '../../mcp/splice.ts';
import { createBatches, itemsOf, type Part } from './batches.ts';
import { type Claims, createClaims } from './claims.ts';
import type { ClientCalls, RelayPorts } from './client-calls.ts';
import { createInFlight } from './in-flight.ts';
import { lineCall } from './line-call.ts';
import { withoutDenied } from './shown-tools.ts';

export interface AnswerCallsOptions {
  readonly server: string;
  readonly ports: RelayPorts;
  readonly policy: Policy;
  readonly now: () => Date;
  /** Puts the layers around what asks the server. */
  stack(innermost: ToolHandler, known: OwnTools): ToolHandler;
  /** After the last call. */
  close(): Promise<void>;
}

/** What is known of the tools of the server itself. */
export interface OwnTools extends Pick<Claims, 'of'> {
  /** Finds out what the server says of a call's tool. Never rejects. */
  learn(call: ToolCall): Promise<void>;
}

interface OpenCall {
  readonly id: string;
  readonly stop: Stop;
  isCancelled: boolean;
  readonly done: Promise<void>;
}

/** Longest wait for a list of tools that we ask for ourselves, in milliseconds. */
const LIST_MS = 5000;
const QUESTIONS = new Set(['initialize', 'server/discover', 'tools/list']);
/** What is answered through the layers, or shown in part. */
const JUDGED = new Set(['tools/call', 'tools/list']);
const ERA_KEY = 'io.modelcontextprotocol/';

export function createClientCalls(options: AnswerCallsOptions): ClientCalls {
  return new Answering(options);
}

class Answering implements ClientCalls {
  readonly #options: AnswerCallsOptions;
  readonly #open = new ShortLivedMap<OpenCall>();
  readonly #unsent = new ShortLivedMap<true>();
  /** Requests of the client whose answers tell of the server: id → method. */
  readonly #questions = new Map<string, string>();
  /** Requests of our own. */
  readonly #own = new Map<string, { settle(line: Buffer): void; fail(error: unknown): void }>();
  readonly #batches = createBatches((ids, line) => this.#options.ports.answered(ids, line));
  readonly #inFlight;
  readonly #claims: Claims;
  readonly #handle: ToolHandler;
  #client: Implementation | undefined;
  #serverVersion: string | undefined;
  #ended: McpctlError | undefined;
  #lastOwn = 0;
  #isClosing = false;
  /** A call began in this turn of the event loop. */
  #isTurn = false;
  readonly #queue: Part[] = [];
  #allSent = (): void => {};

  constructor(options: AnswerCallsOptions) {
    const { server, ports, stack } = options;
    this.#options = options;
    this.#inFlight = createInFlight({ send: ports.send, sent: ({ id }) => this.#left(id) });
    this.#claims = createClaims({
      list: (params) => this.#ask('tools/list', params),
      learned: (tools) => options.policy.learn(server, tools),
    });
    this.#handle = stack(this.#inFlight.send, {
      learn: async (call) => {
        if (call.server === server) await this.#claims.complete(eraOf(call));
      },
      of: this.#claims.of,
    });
  }

  fromClient(line: Buffer, envelope: Envelope | undefined): boolean {
    const isTaken = !this.#isTurn && this.#queue.length === 0 && this.#takes(line, envelope);
    if (isTaken || (!this.#isTurn && this.#queue.length === 0)) return isTaken;
    this.#queue.push({ line, envelope });
    return true;
  }

  #takes(line: Buffer, envelope: Envelope | undefined): boolean {
    if (!envelope) return false;
    const { kind, id = '', method } = envelope;
    if (kind === 'response') this.#inFlight.replied(id);
    else if (kind === 'request' && method === 'tools/call') {
      this.#begin(line, id);
      return true;
    } else if (kind === 'request') this.#note(line, envelope);
    else if (method === 'notifications/cancelled') return this.#cancel(line);
    else if (kind === 'batch') return this.#batch(line, envelope);
    return false;
  }

  fromServer(line: Buffer, envelope: Envelope): Buffer | undefined {
    const { kind, id = '', method } = envelope;
    if (kind === 'response') return this.#answer(line, id);
    if (kind === 'notification') {
      if (method === 'notifications/progress') this.#inFlight.progressed(line);
      else if (method === 'notifications/tools/list_changed') this.#claims.forget();
      else if (method === 'notifications/cancelled') this.#inFlight.replied(cancelledId(line));
      return line;
    }
    if (kind === 'request') {
      if (method !== 'ping') this.#inFlight.asked(id);
      return line;
    }
    return this.#answers(line, envelope);
  }

  async allSent(): Promise<void> {
    while (this.#unsent.size > 0 || this.#queue.length > 0) {
      await new Promise<void>((resolve) => {
        this.#allSent = resolve;
      });
    }
  }

  async end(reason: McpctlError): Promise<void> {
    this.#ended = reason;
    this.#inFlight.end(reason);
    for (const { fail } of [...this.#own.values()]) fail(reason);
    const open = this.#open.values();
    for (const { id, stop } of open) stop.abort(this.#unsent.has(id) ? neverSent(reason) : reason);
    await Promise.all(open.map(({ done }) => done));
  }

  async close(): Promise<void> {
    const reason = new McpctlError('OUTCOME_UNKNOWN', 'The session ended before the call was answered.');
    this.#isClosing = true;
    await this.end(this.#ended ?? reason);
    await this.#options.close();
  }

  /**
   * What came after a call leaves after it, unless the call has to wait: the layers take no longer than this turn
   * otherwise.
   */
  #beginTurn(): void {
    this.#isTurn = true;
    setImmediate(() => {
      this.#isTurn = false;
      const queue = this.#queue.splice(0);
      for (let next = queue.shift(); next; next = this.#isTurn ? undefined : queue.shift()) {
        const { line, envelope } = next;
        if (!this.#takes(line, envelope)) this.#options.ports.pass(line, envelope);
      }
      this.#queue.unshift(...queue);
      if (this.#unsent.size === 0) this.#allSent();
    });
  }

  #begin(line: Buffer, id: string): void {
    if (!this.#isTurn) this.#beginTurn();
    const { server, now, ports, policy } = this.#options;
    const stop = new Stop();
    if (this.#ended) stop.abort(neverSent(this.#ended));
    const call = lineCall({
      server,
      line: policy.restricts(server) ? unambiguous(line) : line,
      id,
      startedAt: now(),
      signal: stop,
      client: this.#client,
      serverVersion: this.#serverVersion,
      claims: (tool) => this.#claims.of(tool),
    });
    this.#unsent.set(id, true);
    const run = async (): Promise<void> => {
      let answer: Buffer;
      let isSilent = false;
      try {
        answer = (await this.#handle(call)).line;
      } catch (error) {
        // Nobody waits for it.
        isSilent = this.#isClosing;
        answer = refusalLine(id, ports.known(error), call.corr);
      }
      this.#left(id);
      this.#inFlight.done(id);
      if (this.#open.get(id) === open) this.#open.delete(id);
      if (!isSilent && !open.isCancelled) this.#tell(id, answer);
    };
    // Settled in a later turn at the earliest, so that `open` is there.
    const open: OpenCall = { id, stop, isCancelled: false, done: Promise.resolve().then(run) };
    this.#open.set(id, open);
  }

  #tell(id: string, line: Buffer): void {
    if (!this.#batches.answered(id, line)) this.#options.ports.answered([id], line);
  }

  #left(id: string): void {
    if (this.#unsent.delete(id) && this.#unsent.size === 0) this.#allSent();
  }

  #cancel(line: Buffer): boolean {
    const id = cancelledId(line);
    this.#batches.forget(id);
    const call = this.#open.get(id);
    if (!call) return false;
    call.isCancelled = true;
    call.stop.abort(new McpctlError('CANCELLED', 'The client cancelled the call.'));
    return true;
  }

  #note(line: Buffer, { id = '', method = '' }: Envelope): void {
    if (!QUESTIONS.has(method)) return;
    this.#questions.set(id, method);
    if (method === 'initialize') this.#client = implementationOf(paramsOf(line).clientInfo);
  }

  /** A batch without calls and lists of tools goes on as it is. */
  #batch(line: Buffer, envelope: Envelope): boolean {
    const items = envelope.items ?? [];
    if (!items.some(({ kind, method = '' }) => kind === 'request' && JUDGED.has(method))) return false;
    for (const part of this.#batches.open(line, envelope)) {
      if (this.#takes(part.line, part.envelope) || !part.envelope) continue;
      const { id } = part.envelope;
      this.#options.ports.send(part.line, part.envelope)?.catch((error: unknown) => {
        const reason = this.#options.ports.known(error);
        if (id !== undefined) this.#tell(id, refusalLine(id, reason));
      });
    }
    return true;
  }

  #answer(line: Buffer, id: string): Buffer | undefined {
    if (this.#inFlight.answered(id, line)) return undefined;
    const own = this.#own.get(id);
    if (own) {
      own.settle(line);
      return undefined;
    }
    const method = this.#questions.get(id);
    const shown = method !== undefined && this.#questions.delete(id) ? this.#learn(method, line) : line;
    return this.#batches.answered(id, shown) ? undefined : shown;
  }

  /** Answers to a batch we passed on; none of a call is among them, unless a server puts some together by itself. */
  #answers(line: Buffer, envelope: Envelope): Buffer | undefined {
    const isOurs = ({ kind, id = '' }: Envelope): boolean =>
      kind === 'response' && (this.#open.has(id) || this.#own.has(id) || this.#questions.has(id));
    if (!envelope.items?.some(isOurs)) return line;
    const left = itemsOf(line).flatMap((item) => {
      const one = readEnvelope(item);
      const shown = one ? this.fromServer(item, one) : item;
      return shown ? [shown.toString('utf8')] : [];
    });
    return left.length > 0 ? Buffer.from(`[${left.join(',')}]\n`) : undefined;
  }

  #learn(method: string, line: Buffer): Buffer {
    const result = resultOf(line);
    const meta = isRecord(result._meta) ? result._meta : {};
    const info = implementationOf(result.serverInfo ?? meta[`${ERA_KEY}serverInfo`]);
    this.#serverVersion = info?.version ?? this.#serverVersion;
    if (method !== 'tools/list' || !Array.isArray(result.tools)) return line;
    this.#claims.learn(result);
    const { server, policy } = this.#options;
    return withoutDenied(line, result.tools, server, policy);
  }

  async #ask(method: string, params: Record<string, unknown>): Promise<Record<string, unknown>> {
    this.#lastOwn += 1;
    const id = JSON.stringify(`mcpctl-own-${this.#lastOwn}`);
    const line = Buffer.from(
      `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${JSON.stringify(params)}}\n`,
    );
    return await new Promise<Record<string, unknown>>((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#own.delete(id);
      };
      const fail = (error: unknown): void => {
        finish();
        reject(error);
      };
      const timer = setTimeout(() => fail(new Error('no answer')), LIST_MS);
      const settle = (answer: Buffer): void => {
        finish();
        resolve(resultOf(answer));
      };
      this.#own.set(id, { settle, fail });
      this.#options.ports.send(line, { kind: 'request', id, method })?.catch(fail);
    });
  }
}

/** The same without members that another parser might take for those that are judged: repeated, or in other letters. */
function unambiguous(line: Buffer): Buffer {
  return splice(line, [{ path: ['params', UNUSED], json: undefined }], isLookAlike);
}

/** Has the members of `params` looked at. */
const UNUSED = 'mcpctl/unused';

/** What each request of the modern era says of itself. */
function eraOf({ line }: ToolCall): Record<string, unknown> {
  const { _meta } = paramsOf(line);
  const entries = isRecord(_meta) ? Object.entries(_meta) : [];
  return Object.fromEntries(entries.filter(([key]) => key.startsWith(ERA_KEY)));
}

/** JSON text. */
function cancelledId(line: Buffer): string {
  return JSON.stringify(paramsOf(line).requestId ?? null);
}

function paramsOf(line: Buffer): Record<string, unknown> {
  const message: unknown = JSON.parse(line.toString('utf8'));
  return isRecord(message) && isRecord(message.params) ? message.params : {};
}

function resultOf(line: Buffer): Record<string, unknown> {
  const message: unknown = JSON.parse(line.toString('utf8'));
  return isRecord(message) && isRecord(message.result) ? message.result : {};
}
