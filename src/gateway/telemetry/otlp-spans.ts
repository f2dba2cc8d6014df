import type { EndedSpan } from '../../calls/spans.ts';
import { type OtlpIdentity, otlpAttributes, otlpResource } from '../../core/otlp-values.ts';

const KIND = { server: 2, client: 3 } as const;
const ERROR = 2;
/** Refusals of what a client asked wrongly are no errors of who answers. */
const CLIENTS_FAULT = new Set(['-32700', '-32600', '-32601', '-32602', '-32002']);

/** An ExportTraceServiceRequest, as a value. */
export function traceRequest(spans: readonly EndedSpan[], identity: OtlpIdentity): object {
  const scope = { name: 'mcpctl', version: identity.version };
  return {
    resourceSpans: [{ resource: otlpResource(identity), scopeSpans: [{ scope, spans: spans.map(span) }] }],
  };
}

function span(ended: EndedSpan): object {
  const { traceId, spanId, parentSpanId, tracestate, kind, tool, startedAt, ms, outcome, errorType } = ended;
  const isError = outcome !== 'ok' && !(kind === 'server' && CLIENTS_FAULT.has(errorType ?? ''));
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    ...(tracestate !== undefined && { traceState: tracestate }),
    name: `tools/call ${tool}`,
    kind: KIND[kind],
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(startedAt + ms),
    attributes: otlpAttributes({
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool,
      'jsonrpc.request.id': ended.requestId,
      'error.type': outcome === 'ok' ? undefined : (errorType ?? outcome),
      'mcpctl.server': ended.server,
      'mcpctl.outcome': outcome,
      'mcpctl.attempt': ended.attempt,
      'mcpctl.cache': ended.cache,
    }),
    status: isError ? { code: ERROR, message: errorType ?? outcome } : {},
  };
}

/** Milliseconds since 1970, exact to the microsecond: more digits than a number has. */
export function nanoseconds(ms: number): string {
  const whole = Math.floor(ms);
  const micro = Math.round((ms - whole) * 1000);
  return String(BigInt(whole) * 1_000_000n + BigInt(micro) * 1000n);
}
