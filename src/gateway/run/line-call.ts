import { performance } from 'node:perf_hooks';
import type { Intent } from '../../audit/row.ts';
import { asksFresh, type Implementation, implementationOf } from '../../calls/call-facts.ts';
import type { CallLife, CallNotes, ToolCall, TraceContext } from '../../calls/tool-call.ts';
import type { ToolClaims } from '../../calls/tool-claims.ts';
import { traceOf } from '../../calls/trace.ts';
import { isRecord, type Json } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import { valueAt } from '../../mcp/splice.ts';

export interface LineCallOptions {
  readonly server: string;
  readonly line: Buffer;
  /** JSON text. */
  readonly id: string;
  readonly startedAt: Date;
  readonly signal: StopSignal;
  /** As it said in `initialize`. */
  readonly client: Implementation | undefined;
  readonly serverVersion: string | undefined;
  /** What is known of a tool now. */
  claims(tool: string): ToolClaims;
}

/** Longer lines are read through only when somebody asks for more than the name of the tool. */
const PARSE_UP_TO_BYTES = 8 * 1024;

/** A `tools/call` as it came on a line. It is parsed once at most, and looked up late: the server works meanwhile. */
export function lineCall(options: LineCallOptions): ToolCall {
  return new LineCall(new Content(options), options.signal);
}

/** What all views of one call share. */
class Content {
  readonly options: LineCallOptions;
  readonly tool: string;
  readonly notes: CallNotes;
  readonly life: CallLife = { heardAt: performance.now(), asking: 0 };
  #message: unknown;
  #trace: TraceContext | undefined;

  constructor(options: LineCallOptions) {
    const { line, serverVersion } = options;
    this.options = options;
    this.tool = line.length > PARSE_UP_TO_BYTES ? nameIn(line) : nameOf(this.params.name);
    this.notes = serverVersion === undefined ? { attempt: 1 } : { attempt: 1, serverVersion };
  }

  get params(): Record<string, unknown> {
    this.#message ??= parse(this.options.line);
    const message = this.#message;
    return isRecord(message) && isRecord(message.params) ? message.params : {};
  }

  get meta(): Record<string, unknown> {
    const { _meta } = this.params;
    return isRecord(_meta) ? _meta : {};
  }

  get trace(): TraceContext {
    this.#trace ??= traceOf({ params: this.params });
    return this.#trace;
  }
}

class LineCall implements ToolCall {
  readonly via = 'run';
  readonly principal = 'local';
  readonly signal: StopSignal;
  readonly content: Content;

  constructor(content: Content, signal: StopSignal) {
    this.content = content;
    this.signal = signal;
  }

  under(signal: StopSignal): ToolCall {
    return new LineCall(this.content, signal);
  }

  args(): Json | undefined {
    return this.content.params.arguments as Json | undefined;
  }

  get server(): string {
    return this.content.options.server;
  }

  get tool(): string {
    return this.content.tool;
  }

  get line(): Buffer {
    return this.content.options.line;
  }

  get id(): string {
    return this.content.options.id;
  }

  get startedAt(): Date {
    return this.content.options.startedAt;
  }

  get notes(): CallNotes {
    return this.content.notes;
  }

  get life(): CallLife {
    return this.content.life;
  }

  get client(): Implementation | undefined {
    const own = implementationOf(this.content.meta['io.modelcontextprotocol/clientInfo']);
    return own ?? this.content.options.client;
  }

  get intent(): Intent {
    return this.content.options.claims(this.tool).intent;
  }

  get isIdempotent(): boolean {
    return this.content.options.claims(this.tool).isIdempotent;
  }

  get isFresh(): boolean {
    return asksFresh(this.content.meta);
  }

  get isContinued(): boolean {
    const { inputResponses, requestState } = this.content.params;
    return inputResponses !== undefined || requestState !== undefined;
  }

  get corr(): string {
    return this.content.trace.traceId;
  }

  get trace(): TraceContext {
    return this.content.trace;
  }
}

/** What no client should send, the server refuses. */
function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return {};
  }
}

function nameIn(line: Buffer): string {
  const text = valueAt(line, ['params', 'name']);
  return nameOf(text && parse(text));
}

/** The server itself refuses a call without a proper name. */
function nameOf(name: unknown): string {
  return typeof name === 'string' ? name : '';
}
