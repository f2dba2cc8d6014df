import type { Intent, Outcome } from '../audit/row.ts';
import type { Json } from '../core/json.ts';
import type { StopSignal } from '../core/stop.ts';
import type { Implementation } from './call-facts.ts';

/** W3C trace context of a call: the caller's, with a span of our own. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Our span, 16 hexadecimal digits; what the server gets as its parent. */
  readonly spanId: string;
  readonly parentSpanId?: string;
  /** Two hexadecimal digits. */
  readonly flags: string;
  /** As they came. */
  readonly tracestate?: string;
  readonly baggage?: string;
}

/** What layers found out about a call, for the audit log, the metrics and the answer's `_meta`. */
export interface CallNotes {
  /** Number of the attempt under way, from 1. */
  attempt: number;
  cache?: 'hit' | 'miss' | 'stale' | 'bypass';
  /** Why policy let it pass or not. */
  policy?: string;
  serverVersion?: string;
  /** Server and tool that were meant, in the call that stands in for it. */
  fallbackFor?: { readonly server: string; readonly tool: string };
  /** Server and tool that answered, in the call that was meant. */
  answeredBy?: { readonly server: string; readonly tool: string };
}

/** When something was last heard of a call. */
export interface CallLife {
  /** `performance.now()` of its beginning or its last progress. */
  heardAt: number;
  /** Questions of the server that its user has not answered yet; no time limit runs meanwhile. */
  asking: number;
}

/** How long a call may take, in milliseconds. */
export interface CallLimits {
  /** Longest silence. */
  readonly silenceMs: number;
  /** However much progress there is. */
  readonly totalMs: number;
}

/** One `tools/call` on its way through the layers. After `route` nothing changes server or tool but `fallback`. */
export interface ToolCall {
  readonly via: 'run' | 'call' | 'chain' | 'gateway';
  /** Whose call it is: `local` for who started us, else the name of a gateway token. Never a token. */
  readonly principal: string;
  readonly client: Implementation | undefined;
  /** Name in the manifest. */
  readonly server: string;
  /** The server's own name of the tool. */
  readonly tool: string;
  /** What the server says of the tool; a claim. */
  readonly intent: Intent;
  /** `idempotentHint`: a claim too. */
  readonly isIdempotent: boolean;
  /** The request as the client sent it, one line. */
  readonly line: Buffer;
  /** JSON text of its id. */
  readonly id: string;
  /** Parsed on first use. */
  args(): Json | undefined;
  /** The client asked for an answer from the server itself. */
  readonly isFresh: boolean;
  /** It answers an `input_required`: never cached. */
  readonly isContinued: boolean;
  /** Correlation id: the trace id. */
  readonly corr: string;
  readonly trace: TraceContext;
  /** The run of a pipeline it is a step of. */
  readonly parent?: string | undefined;
  /** What its caller wants instead of what the settings say. */
  readonly limits?: CallLimits | undefined;
  /** The same of the pauses before further attempts, in milliseconds; none: its caller repeats it. */
  readonly pausesMs?: readonly number[] | undefined;
  readonly startedAt: Date;
  /** Aborted when the client cancels or is gone, or a layer gives up; each wait minds it. */
  readonly signal: StopSignal;
  readonly notes: CallNotes;
  readonly life: CallLife;
  /** The same call with another signal, for calls whose members cannot be copied one by one. */
  under?(signal: StopSignal): ToolCall;
}

/** What a server answered, or a layer in its place. */
export interface ToolAnswer {
  /** A JSON-RPC response with the call's id, one line. */
  readonly line: Buffer;
  readonly outcome: Extract<Outcome, 'ok' | 'tool_error' | 'error'>;
  /** `tool_error`, or the JSON-RPC code. */
  readonly errorType?: string | undefined;
  /** `input_required`: half an answer, never cached. */
  readonly isPartial?: boolean | undefined;
}

/**
 * Rejects with McpctlError where there is no answer, and never throws before it returned. Its `data.sent` is false when nothing reached the server (it is safe
 * to try again), true or absent when something may have; `data.retryAfterMs` when the server or a limit says so.
 */
export type ToolHandler = (call: ToolCall) => Promise<ToolAnswer>;

/** A layer: wraps what comes after it. */
export type ToolMiddleware = (next: ToolHandler) => ToolHandler;

/** The same call with a signal of its own. No prototype: V8 keeps what has been one for long, and there are many. */
export function withSignal(call: ToolCall, signal: StopSignal): ToolCall {
  return call.under?.(signal) ?? { ...call, signal };
}
