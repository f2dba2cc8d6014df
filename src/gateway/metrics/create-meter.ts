import type { MeasuredCall, Meter } from '../../calls/meter.ts';
import { createCallDurations } from './call-durations.ts';
import { bucketOf, type Counted, emptyDurations } from './durations.ts';
import type { HistogramName, MetricName } from './metrics.ts';
import { createRecentCounter, type RecentCalls } from './recent-calls.ts';
import type { MetricsSnapshot, Series } from './snapshot.ts';

const BREAKER = { closed: 0, 'half-open': 1, open: 2 } as const;

type Labels = Readonly<Record<string, string>>;

export interface CountingMeter extends Meter {
  /** A probe of a server ended. */
  probed(server: string, probe: { readonly ok: boolean; readonly seconds: number }): void;
  snapshot(): MetricsSnapshot;
  /** Calls of a server within the last minutes; undefined without any. */
  recent(server: string): RecentCalls | undefined;
}

/** Counts in plain numbers: a call costs well under a microsecond, and memory is bounded for each server. */
export function createMeter(): CountingMeter {
  const calls = createCallDurations();
  const attempts = createCallDurations();
  const recent = createRecentCounter(() => performance.now());
  const others = new Map<string, Counted & { readonly name: string; readonly labels: Labels }>();
  const values = new Map<string, { -readonly [K in keyof Series]: Series[K] }>();

  const at = (name: MetricName, labels: Labels) => {
    const key = keyOf(name, labels);
    let series = values.get(key);
    if (!series) {
      series = { name, labels, value: 0 };
      values.set(key, series);
    }
    return series;
  };
  const took = (name: HistogramName, labels: Labels, seconds: number): void => {
    const key = keyOf(name, labels);
    let found = others.get(key);
    if (!found) {
      found = { name, labels, ...emptyDurations() };
      others.set(key, found);
    }
    found.sum += seconds;
    const bucket = bucketOf(seconds);
    found.counts[bucket] = (found.counts[bucket] ?? 0) + 1;
  };
  // Whoever alerts on these must see the step from 0 to 1.
  const rows = at('mcpctl_audit_rows_total', {});
  const rowFailures = at('mcpctl_audit_write_failures_total', {});
  const storeFailures = at('mcpctl_store_failures_total', {});
  for (const signal of ['traces', 'metrics', 'logs']) at('mcpctl_telemetry_lost_total', { signal });

  return {
    called(call: MeasuredCall) {
      calls.add(call);
      recent.called(call);
    },
    attempted: (call: MeasuredCall) => attempts.add(call),
    cached(server, result) {
      at('mcpctl_cache_requests_total', { mcpctl_server: server, result }).value += 1;
      if (result !== 'bypass') recent.cached(server, result !== 'miss');
    },
    rateLimited(server) {
      at('mcpctl_rate_limited_total', { mcpctl_server: server }).value += 1;
      recent.rateLimited(server);
    },
    retried(server) {
      at('mcpctl_retries_total', { mcpctl_server: server }).value += 1;
    },
    breaker(server, state) {
      at('mcpctl_breaker_state', { mcpctl_server: server }).value = BREAKER[state];
    },
    restarted(server, reason) {
      at('mcpctl_server_restarts_total', { mcpctl_server: server, reason }).value += 1;
    },
    storeFailed() {
      storeFailures.value += 1;
    },
    audited(isWritten) {
      if (isWritten) rows.value += 1;
      else rowFailures.value += 1;
    },
    tokenHeld(server, expiresAt) {
      const name = 'mcpctl_token_expires_timestamp_seconds';
      const labels = { mcpctl_server: server };
      if (expiresAt === undefined) values.delete(keyOf(name, labels));
      else at(name, labels).value = expiresAt / 1000;
    },
    tokenRenewed(server, isRenewed) {
      const result = isRenewed ? 'ok' : 'failed';
      // Both, so that a ratio of the two exists from the first one on.
      for (const each of ['ok', 'failed']) {
        const series = at('mcpctl_token_refreshes_total', { mcpctl_server: server, result: each });
        if (each === result) series.value += 1;
      }
    },
    sessionEnded(server, seconds) {
      if (server === undefined) took('mcp_server_session_duration_seconds', {}, seconds);
      else took('mcp_client_session_duration_seconds', { mcpctl_server: server }, seconds);
    },
    telemetryLost(signal, count) {
      at('mcpctl_telemetry_lost_total', { signal }).value += count;
    },
    probed(server, { ok, seconds }) {
      const labels = { mcpctl_server: server, result: ok ? 'ok' : 'failed' };
      took('mcpctl_health_probe_duration_seconds', labels, seconds);
    },
    recent: recent.of,
    snapshot: () => ({
      calls: calls.all(),
      attempts: attempts.all(),
      durations: [...others.values()],
      series: [...values.values()],
    }),
  };
}

function keyOf(name: string, labels: Labels): string {
  return `${name}\0${Object.values(labels).join('\0')}`;
}
