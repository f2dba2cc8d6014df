import { McpctlError, messageOf } from '../../core/errors.ts';
import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import { readEnvelope } from '../../mcp/envelope.ts';
import { type Era, modernMeta } from '../../mcp/greeting.ts';
import type { Transport } from '../../mcp/transport.ts';
import { type Answer, answerOf } from './answer.ts';

export interface TalkOptions {
  readonly era: Era;
  /** Not started yet. */
  readonly transport: Transport;
  readonly client: { readonly name: string; readonly version: string };
  /** Longest wait for one answer, in milliseconds. */
  readonly waitMs: number;
  /** True: nothing that was said is kept, for talks of very many messages. */
  readonly forgets?: boolean;
  /** What a request of the server is answered with, `result` or `error`; a refusal where it knows nothing. */
  reply?(method: string): JsonObject | undefined;
}

export interface AskOptions {
  readonly id?: number | string;
  /** Instead of the talk's own, in milliseconds. */
  readonly waitMs?: number;
  /** Leaves out what the stateless era wants in `_meta`. */
  readonly bare?: boolean;
}

/** What was sent or heard, in order. */
export interface Line {
  readonly from: 'client' | 'server';
  readonly message: JsonObject;
}

/**
 * A conversation in which everything that is sent and heard is kept, wrong messages included: unlike a session it
 * numbers requests only when asked, never repeats, never throws for what the server does.
 */
export interface Talk {
  readonly era: Era;
  readonly lines: readonly Line[];
  /** Why it is over; undefined while it lasts. */
  readonly ended: string | undefined;
  /** Process ids of the server's program, while it runs. */
  readonly pids: readonly number[];
  ask(method: string, params?: JsonObject, options?: AskOptions): Promise<Answer>;
  /** Sends a request and does not wait; its answer can be awaited with `answerTo`. Settles the id used. */
  begin(method: string, params?: JsonObject, options?: AskOptions): number | string;
  answerTo(id: number | string, waitMs?: number): Promise<Answer>;
  notify(method: string, params?: JsonObject, options?: Pick<AskOptions, 'bare'>): Promise<void>;
  /** Sends bytes as they are, with a line break. Settles the server's refusal over HTTP, else undefined. */
  raw(text: string): Promise<string | undefined>;
  /** Asks something every server answers. False when it answers no more. */
  isAlive(waitMs?: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Starts the transport. @throws what the transport throws. */
export async function openTalk(options: TalkOptions): Promise<Talk> {
  const talk = new OpenTalk(options);
  await talk.start();
  return talk;
}

class OpenTalk implements Talk {
  readonly era: Era;
  readonly lines: Line[] = [];
  ended: string | undefined;
  readonly #options: TalkOptions;
  readonly #answers = new Map<string, Answer>();
  readonly #waiting = new Map<string, Set<(answer: Answer) => void>>();
  #lastId = 0;

  constructor(options: TalkOptions) {
    this.#options = options;
    this.era = options.era;
  }

  get pids(): readonly number[] {
    return this.#options.transport.pids ?? [];
  }

  async start(): Promise<void> {
    await this.#options.transport.start({
      message: (bytes) => this.#receive(JSON.parse(bytes.toString('utf8'))),
      closed: (reason) => this.#end(reason?.message ?? 'the connection was closed'),
    });
  }

  async ask(method: string, params: JsonObject = {}, options: AskOptions = {}): Promise<Answer> {
    return await this.answerTo(this.begin(method, params, options), options.waitMs);
  }

  begin(method: string, params: JsonObject = {}, { id, bare = false }: AskOptions = {}): number | string {
    this.#lastId += 1;
    const used = id ?? this.#lastId;
    const key = JSON.stringify(used);
    this.#answers.delete(key);
    const message = { jsonrpc: '2.0', id: used, method, params: bare ? params : this.#withMeta(params) };
    this.#keep({ from: 'client', message });
    void this.#post(JSON.stringify(message)).then((refusal) => {
      if (refusal !== undefined) this.#settle(key, { kind: 'none', why: 'refused', reason: refusal });
    });
    return used;
  }

  async answerTo(id: number | string, waitMs = this.#options.waitMs): Promise<Answer> {
    const key = JSON.stringify(id);
    const answer = this.#answers.get(key) ?? (await this.#awaited(key, waitMs));
    if (this.#options.forgets) {
      this.#answers.delete(key);
      this.#waiting.delete(key);
    }
    return answer;
  }

  async #awaited(key: string, waitMs: number): Promise<Answer> {
    if (this.ended !== undefined) return { kind: 'none', why: 'ended', reason: this.ended };
    return await new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, waiting);
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        waiting.delete(settle);
        resolve(answer);
      };
      const reason = `did not answer within ${waitMs / 1000} s`;
      const timer = setTimeout(() => settle({ kind: 'none', why: 'silence', reason }), waitMs);
      waiting.add(settle);
    });
  }

  async notify(method: string, params: JsonObject = {}, { bare = false }: AskOptions = {}): Promise<void> {
    const message = { jsonrpc: '2.0', method, params: bare ? params : this.#withMeta(params) };
    this.#keep({ from: 'client', message });
    await this.#post(JSON.stringify(message));
  }

  async raw(text: string): Promise<string | undefined> {
    for (const message of messagesIn(text)) this.#keep({ from: 'client', message });
    return await this.#post(text);
  }

  async isAlive(waitMs?: number): Promise<boolean> {
    // Every server answers what it does not know, also one without ping.
    const method = this.era === 'legacy' ? 'ping' : 'server/discover';
    const answer = await this.ask(method, {}, waitMs === undefined ? {} : { waitMs });
    return answer.kind !== 'none';
  }

  async close(): Promise<void> {
    await this.#options.transport.close();
  }

  #keep(line: Line): void {
    if (!this.#options.forgets) this.lines.push(line);
  }

  async #post(text: string): Promise<string | undefined> {
    if (this.ended !== undefined) return this.ended;
    const bytes = Buffer.from(text);
    try {
      await this.#options.transport.send(bytes, readEnvelope(bytes));
      return undefined;
    } catch (error) {
      if (!(error instanceof McpctlError)) throw error;
      return messageOf(error);
    }
  }

  #withMeta(params: JsonObject): JsonObject {
    if (this.era === 'legacy') return params;
    const given = isRecord(params._meta) ? (params._meta as JsonObject) : {};
    return {
      ...params,
      _meta: { ...modernMeta({ client: this.#options.client, capabilities: {} }), ...given },
    };
  }

  #receive(message: unknown): void {
    if (Array.isArray(message)) {
      for (const item of message) this.#receive(item);
      return;
    }
    if (!isRecord(message)) return;
    const heard = message as JsonObject;
    this.#keep({ from: 'server', message: heard });
    if (typeof heard.method === 'string') {
      if ('id' in heard) void this.#reply(heard.id ?? null, heard.method);
      return;
    }
    if ('id' in heard) this.#settle(JSON.stringify(heard.id), answerOf(heard));
  }

  /** Unless told otherwise nothing was declared that a server could ask for, so that only a ping has an answer. */
  async #reply(id: Json, method: string): Promise<void> {
    const error = { code: -32601, message: `${method} is not answered here.` };
    const known: JsonObject =
      this.#options.reply?.(method) ?? (method === 'ping' ? { result: {} } : { error });
    const message = { jsonrpc: '2.0', id, ...known };
    this.#keep({ from: 'client', message });
    await this.#post(JSON.stringify(message));
  }

  #settle(key: string, answer: Answer): void {
    if (!this.#answers.has(key)) this.#answers.set(key, answer);
    for (const settle of [...(this.#waiting.get(key) ?? [])]) settle(answer);
  }

  #end(reason: string): void {
    this.ended = reason;
    for (const waiting of this.#waiting.values()) {
      for (const settle of [...waiting]) settle({ kind: 'none', why: 'ended', reason });
    }
  }
}

/** What a text says, as far as it says anything. */
function messagesIn(text: string): JsonObject[] {
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : [value]).filter(isRecord) as JsonObject[];
  } catch {
    return [];
  }
}
