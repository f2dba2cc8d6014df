import type { Outcome } from '../audit/row.ts';

/** A stretch of a call that is over, for tracing: the call itself, or an attempt of it at its server. */
export interface EndedSpan {
  readonly kind: 'server' | 'client';
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly tracestate?: string;
  readonly server: string;
  readonly tool: string;
  /** JSON text of the request's id, of the call itself. */
  readonly requestId?: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly ms: number;
  readonly outcome: Outcome;
  readonly errorType?: string;
  readonly attempt: number;
  readonly cache?: string;
}

/** Takes spans; returns at once, whatever becomes of them. */
export interface SpanSink {
  ended(span: EndedSpan): void;
}
