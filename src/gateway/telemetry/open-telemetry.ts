import { hostname } from 'node:os';
import type { EndedSpan, SpanSink } from '../../calls/spans.ts';
import { messageOf } from '../../core/errors.ts';
import type { OtlpIdentity } from '../../core/otlp-values.ts';
import { within } from '../../core/within.ts';
import type { Env } from '../../platform/env.ts';
import { createFetch } from '../../platform/fetch.ts';
import type { OtlpSettings } from '../../settings/telemetry-settings.ts';
import type { LoggedEvent } from '../logs/gateway-log.ts';
import type { Observed } from '../metrics/families.ts';
import { type Batches, createBatches } from './batches.ts';
import { logsRequest, type TimedEvent } from './otlp-logs.ts';
import { metricsRequest } from './otlp-metrics.ts';
import { traceRequest } from './otlp-spans.ts';

export type Signal = 'traces' | 'metrics' | 'logs';

export interface TelemetryOptions {
  readonly settings: OtlpSettings;
  readonly env: Env;
  readonly version: string;
  /** Replaces references in values. */
  resolve(values: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>>;
  /** What this process counts, and what it knows of its servers. */
  observed(): Observed;
  /** So much of a signal was lost. */
  dropped(signal: Signal, count: number): void;
  warn(line: string): void;
}

/** Sends traces, metrics and logs to a collector, without ever keeping a call waiting. */
export interface Telemetry extends SpanSink {
  event(event: LoggedEvent): void;
  /** Sends what is left, for a moment at most. */
  close(): Promise<void>;
}

const SPANS_EVERY_MS = 5000;
const METRICS_EVERY_MS = 60_000;
const TIMEOUT_MS = 10_000;
const PATIENCE_MS = 2000;
/** Answers after which the same may be sent again. */
const AGAIN = new Set([429, 502, 503, 504]);

export function openTelemetry(options: TelemetryOptions): Telemetry {
  const { settings, version, observed, dropped } = options;
  const {
    traces = true,
    metrics = true,
    logs: tellsLogs = true,
    metricsEveryMs = METRICS_EVERY_MS,
  } = settings;
  const identity: OtlpIdentity = { host: hostname(), version, instance: `${hostname()}:${process.pid}` };
  const post = createPost(options);
  const batches = <T>(signal: Signal, encode: (items: readonly T[]) => object): Batches<T> =>
    createBatches<T>({
      send: async (items) => await post(signal, encode(items)),
      dropped: (count) => dropped(signal, count),
      everyMs: SPANS_EVERY_MS,
    });
  const spans = batches<EndedSpan>('traces', (items) => traceRequest(items, identity));
  const logs = batches<TimedEvent>('logs', (items) => logsRequest(items, identity));
  const tellMetrics = async (): Promise<void> => {
    if (!metrics) return;
    // Numbers add up, so one that is lost is made good by the next.
    if (!(await post('metrics', metricsRequest(observed(), Date.now(), identity)))) dropped('metrics', 1);
  };
  const timer = setInterval(() => void tellMetrics(), metricsEveryMs).unref();
  let closing: Promise<void> | undefined;
  return {
    ended(span) {
      if (traces) spans.add(span);
    },
    event(event) {
      if (tellsLogs) logs.add({ ...event, at: Date.now() });
    },
    close() {
      clearInterval(timer);
      closing ??= Promise.all([
        spans.close(PATIENCE_MS),
        logs.close(PATIENCE_MS),
        within(PATIENCE_MS, tellMetrics()),
      ]).then(() => {});
      return closing;
    },
  };
}

/** True when it arrived or never will, false when it may be sent again. Says once what is wrong, until it is right. */
function createPost(options: TelemetryOptions): (signal: Signal, request: object) => Promise<boolean> {
  const { settings, env, resolve, dropped, warn } = options;
  let isWarned = false;
  let opening: Promise<Place> | undefined;
  const open = async (): Promise<Place> => {
    const { endpoint = '', ...headers } = await resolve({ ...settings.headers, endpoint: settings.endpoint });
    const url = endpoint.replace(/\/+$/, '');
    // Collectors stand in one's own network; the user named this one.
    const fetch = createFetch({
      env,
      allowPrivate: ['loopback', new URL(url).hostname],
      timeoutMs: TIMEOUT_MS,
    });
    return { url, headers, fetch };
  };
  const tell = (why: string): void => {
    if (!isWarned) warn(`Telemetry is not sent: ${why}`);
    isWarned = true;
  };
  return async (signal, request) => {
    try {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      const { url, headers, fetch } = await opening;
      const response = await fetch(`${url}/v1/${signal}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(request),
      });
      const text = await response.text();
      if (response.ok) {
        isWarned = false;
        const rejected = rejectedIn(text);
        if (rejected > 0) dropped(signal, rejected);
        return true;
      }
      tell(`the collector answered ${response.status}.`);
      if (AGAIN.has(response.status)) return false;
      dropped(signal, 1);
      return true;
    } catch (error) {
      tell(messageOf(error));
      return false;
    }
  };
}

interface Place {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: ReturnType<typeof createFetch>;
}

/** A collector may take a part. */
function rejectedIn(text: string): number {
  const [, count] = /"rejected(?:Spans|LogRecords|DataPoints)"\s*:\s*"?(\d+)/.exec(text) ?? [];
  return Number(count ?? 0);
}
