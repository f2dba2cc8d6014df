import type { Meter } from '../../calls/meter.ts';
import { BOUNDS, type MetricName } from './metrics.ts';
import type { CallSeries, MetricsSnapshot, Series } from './snapshot.ts';

/** Tools and kinds of failures of a server that are told apart; what comes after them is `other`. */
const MOST_TOOLS = 200;
const MOST_ERRORS = 32;
/** Names come from clients and servers. */
const LONGEST_NAME = 128;
const OTHER = 'other';

const BREAKER = { closed: 0, 'half-open': 1, open: 2 } as const;

interface Durations extends Omit<CallSeries, 'counts'> {
  sum: number;
  readonly counts: number[];
}

interface ServerCalls {
  readonly tools: Set<string>;
  readonly errors: Set<string>;
  readonly durations: Map<string, Durations>;
}

/** Counts in plain numbers: a call costs well under a microsecond, and memory is bounded for each server. */
export function createMeter(): Meter & { snapshot(): MetricsSnapshot } {
  const servers = new Map<string, ServerCalls>();
  const values = new Map<string, { -readonly [K in keyof Series]: Series[K] }>();

  const at = (name: MetricName, labels: Readonly<Record<string, string>>) => {
    const key = `${name}\0${Object.values(labels).join('\0')}`;
    let series = values.get(key);
    if (!series) {
      series = { name, labels, value: 0 };
      values.set(key, series);
    }
    return series;
  };

  return {
    called({ server, tool, outcome, errorType, seconds }) {
      let calls = servers.get(server);
      if (!calls) {
        calls = { tools: new Set(), errors: new Set(), durations: new Map() };
        servers.set(server, calls);
      }
      const shownTool = bounded(tool, calls.tools, MOST_TOOLS);
      const error = outcome === 'ok' ? '' : bounded(errorType ?? outcome, calls.errors, MOST_ERRORS);
      const key = `${shownTool}\0${error}`;
      let durations = calls.durations.get(key);
      if (!durations) {
        durations = { server, tool: shownTool, error, sum: 0, counts: new Array(BOUNDS.length + 1).fill(0) };
        calls.durations.set(key, durations);
      }
      durations.sum += seconds;
      const bucket = bucketOf(seconds);
      durations.counts[bucket] = (durations.counts[bucket] ?? 0) + 1;
    },
    cached(server, result) {
      at('mcpctl_cache_requests_total', { mcpctl_server: server, result }).value += 1;
    },
    rateLimited(server) {
      at('mcpctl_rate_limited_total', { mcpctl_server: server }).value += 1;
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
      at('mcpctl_store_failures_total', {}).value += 1;
    },
    snapshot: () => ({
      calls: [...servers.values()].flatMap(({ durations }) => [...durations.values()]),
      series: [...values.values()],
    }),
  };
}

function bounded(name: string, known: Set<string>, most: number): string {
  if (known.has(name)) return name;
  if (known.size >= most || name.length > LONGEST_NAME) return OTHER;
  known.add(name);
  return name;
}

function bucketOf(seconds: number): number {
  let bucket = 0;
  while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] as number)) bucket += 1;
  return bucket;
}
