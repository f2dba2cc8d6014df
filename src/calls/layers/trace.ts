import { someRandomHex } from '../../core/random-bytes.ts';
import type { Clock } from '../clock.ts';
import { outcomeOfFailure } from '../failure.ts';
import type { EndedSpan, SpanSink } from '../spans.ts';
import type { ToolCall, ToolHandler, ToolMiddleware, TraceContext } from '../tool-call.ts';

type Outcome = Pick<EndedSpan, 'outcome' | 'errorType'>;

/** Tells tracing of each call, under the span id its trace context and its row in the audit log have. */
export function trace(sink: SpanSink, clock: Clock): ToolMiddleware {
  return (next) => async (call) => {
    if (!isSampled(call.trace)) return await next(call);
    const start = clock.now();
    const startedAt = call.startedAt.getTime();
    return await observed(next, call, (outcome) => {
      const { parentSpanId } = call.trace;
      const of = { kind: 'server', spanId: call.trace.spanId, requestId: call.id } as const;
      const parent = parentSpanId !== undefined && { parentSpanId };
      sink.ended({ ...factsOf(call), ...of, ...parent, ...outcome, startedAt, ms: clock.now() - start });
    });
  };
}

/** Tells tracing of each attempt, as a child of its call; the server becomes a child of the attempt, where it can be told. */
export function traceAttempts(sink: SpanSink, clock: Clock): ToolMiddleware {
  return (next) => async (call) => {
    if (!isSampled(call.trace)) return await next(call);
    const spanId = someRandomHex(8);
    const start = clock.now();
    const startedAt = Date.now();
    return await observed(next, under(call, spanId), (outcome) => {
      const of = { kind: 'client', spanId, parentSpanId: call.trace.spanId } as const;
      sink.ended({ ...factsOf(call), ...of, ...outcome, startedAt, ms: clock.now() - start });
    });
  };
}

/** Calls that cannot be copied pass their bytes on as they came: no server sees our span. */
function under(call: ToolCall, spanId: string): ToolCall {
  if (call.under) return call;
  return { ...call, trace: { ...call.trace, parentSpanId: call.trace.spanId, spanId } };
}

async function observed(
  next: ToolHandler,
  call: ToolCall,
  tell: (outcome: Outcome) => void,
): ReturnType<ToolHandler> {
  try {
    const answer = await next(call);
    const { outcome, errorType } = answer;
    tell({ outcome, ...(errorType !== undefined && { errorType }) });
    return answer;
  } catch (error) {
    tell(outcomeOfFailure(error, call));
    throw error;
  }
}

function factsOf({ trace: { traceId, tracestate }, server, tool, notes: { attempt, cache } }: ToolCall) {
  return {
    traceId,
    ...(tracestate !== undefined && { tracestate }),
    server,
    tool,
    attempt,
    ...(cache !== undefined && { cache }),
  };
}

function isSampled({ flags }: TraceContext): boolean {
  return (Number.parseInt(flags, 16) & 1) === 1;
}
