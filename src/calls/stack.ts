import type { CallSettings, CallTimeouts } from '../settings/call-settings.ts';
import type { CallRecorder } from './call-recorder.ts';
import type { Clock } from './clock.ts';
import type { Capability } from './equivalents/known.ts';
import { audit } from './layers/audit.ts';
import { breaker } from './layers/breaker.ts';
import { bulkhead } from './layers/bulkhead.ts';
import { fallback } from './layers/fallback.ts';
import { metrics } from './layers/metrics.ts';
import { policy } from './layers/policy.ts';
import { retry } from './layers/retry.ts';
import { timeout } from './layers/timeout.ts';
import { trace, traceAttempts } from './layers/trace.ts';
import type { Meter } from './meter.ts';
import { LAYER_ORDER, type LayerName } from './order.ts';
import type { Policy } from './policy.ts';
import type { SpanSink } from './spans.ts';
import type { ToolCall, ToolHandler, ToolMiddleware } from './tool-call.ts';
import type { DescribedTool } from './tool-claims.ts';

export interface StackOptions {
  readonly settings: Pick<CallSettings, 'breaker' | 'concurrency' | 'fallbacks' | 'retry'> & {
    readonly timeouts: CallTimeouts & { readonly callMs: number };
  };
  readonly policy: Policy;
  readonly meter: Meter;
  /** Undefined where the user switched the log off. */
  readonly recorder: CallRecorder | undefined;
  /** Undefined where nobody wants to hear of spans. */
  readonly spans?: SpanSink | undefined;
  readonly clock: Clock;
  /** From 0 to 1. */
  random(): number;
  warn(line: string): void;
  /** Finds out what the server says of a tool, where the call does not know it yet. Never rejects. */
  learn(call: ToolCall): Promise<void>;
  /** The same for a tool of another server; undefined when that cannot be found out. */
  describe(server: string, tool: string, call: ToolCall): Promise<DescribedTool | undefined>;
  /** Tools known to stand in for each other, of the servers that are here. */
  equivalents?(): Promise<readonly Capability[]>;
  /** Layers that need what others opened. */
  readonly route?: ToolMiddleware;
  readonly cache?: ToolMiddleware;
  readonly rateLimit?: ToolMiddleware;
}

/** The path of every tool call, the same for `run` and `gateway`; `innermost` asks the server. */
export function buildStack(options: StackOptions, innermost: ToolHandler): ToolHandler {
  const { settings, meter, recorder, spans, clock, random, warn, learn, describe } = options;
  const { timeouts } = settings;
  const again: ToolHandler = async (call) => await handler(call);
  const handler = composeLayers(
    {
      audit: recorder && audit({ recorder, clock, warn, meter }),
      trace: spans && trace(spans, clock),
      metrics: metrics(meter.called, clock),
      route: options.route,
      policy: policy({ policy: options.policy, learn }),
      fallback: fallback({
        fallbacks: settings.fallbacks,
        again,
        describe,
        learn,
        ...(options.equivalents && { known: options.equivalents }),
      }),
      cache: options.cache,
      retry: retry({
        ...settings.retry,
        budgetMs: timeouts.callMs,
        longestWaitMs: timeouts.toolMs,
        clock,
        random,
        meter,
        learn,
      }),
      'rate limit': options.rateLimit,
      breaker: breaker(settings.breaker, clock, meter),
      bulkhead: bulkhead(settings.concurrency),
      timeout: timeout(timeouts, clock),
      attempts: metrics(meter.attempted, clock),
      'attempt spans': spans && traceAttempts(spans, clock),
    },
    innermost,
  );
  return handler;
}

/** Puts layers around a handler in the one order; those that are undefined are left out. */
export function composeLayers(
  layers: Readonly<Partial<Record<LayerName, ToolMiddleware | undefined>>>,
  innermost: ToolHandler,
): ToolHandler {
  return LAYER_ORDER.reduceRight((next, { name }) => layers[name]?.(next) ?? next, innermost);
}
