import { performance } from 'node:perf_hooks';
import { isRecord, type Json } from '../../core/json.ts';
import { valueAt } from '../../mcp/splice.ts';
import { asksFresh, type Implementation, implementationOf } from '../call-facts.ts';
import type { ToolCall, TraceContext } from '../tool-call.ts';
import type { ToolClaims } from '../tool-claims.ts';
import { traceOf } from '../trace.ts';

export interface LineCallOptions {
  readonly server: string;
  readonly line: Buffer;
  /** JSON text. */
  readonly id: string;
  readonly startedAt: Date;
  readonly signal: AbortSignal;
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
  const { server, line, id, startedAt, signal, client, serverVersion, claims } = options;
  let message: unknown;
  let trace: TraceContext | undefined;
  const parsed = (): unknown => {
    message ??= parse(line);
    return message;
  };
  const params = (): Record<string, unknown> => {
    const whole = parsed();
    return isRecord(whole) && isRecord(whole.params) ? whole.params : {};
  };
  const meta = (): Record<string, unknown> => {
    const { _meta } = params();
    return isRecord(_meta) ? _meta : {};
  };
  const traced = (): TraceContext => {
    trace ??= traceOf(parsed());
    return trace;
  };
  const tool = line.length > PARSE_UP_TO_BYTES ? nameIn(line) : nameOf(params().name);
  return {
    via: 'run',
    principal: 'local',
    server,
    tool,
    line,
    id,
    startedAt,
    signal,
    notes: { attempt: 1, ...(serverVersion !== undefined && { serverVersion }) },
    life: { heardAt: performance.now(), asking: 0 },
    get client() {
      return implementationOf(meta()['io.modelcontextprotocol/clientInfo']) ?? client;
    },
    get intent() {
      return claims(tool).intent;
    },
    get isIdempotent() {
      return claims(tool).isIdempotent;
    },
    args: () => params().arguments as Json | undefined,
    get isFresh() {
      return asksFresh(meta());
    },
    get isContinued() {
      return params().inputResponses !== undefined || params().requestState !== undefined;
    },
    get corr() {
      return traced().traceId;
    },
    get trace() {
      return traced();
    },
  };
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
