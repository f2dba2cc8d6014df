import type { HubServer, ServerState } from '../hub/hub.ts';
import { BOUNDS, CALLS, METRICS, type Metric, type MetricName } from './metrics.ts';
import type { CallSeries, MetricsSnapshot } from './snapshot.ts';

/** A metric with its values, as prom-client hands them from process to process. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: Metric['type'];
  readonly aggregator: NonNullable<Metric['merge']>;
  readonly values: readonly FamilyValue[];
}

interface FamilyValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

/** A process whose numbers are wanted. */
export interface Observed {
  readonly kind: 'run' | 'gateway';
  readonly snapshot: MetricsSnapshot;
  readonly servers: readonly HubServer[];
}

const NAMES = Object.keys(METRICS) as MetricName[];

/** Everything one process says; every metric is there, also without values. */
export function familiesOf({ kind, snapshot, servers }: Observed): Family[] {
  const values: Record<string, FamilyValue[]> = {
    [CALLS]: snapshot.calls.flatMap(durationsOf),
    mcpctl_server_up: servers.flatMap(({ name, state }) => {
      const value = UP[state];
      return value === undefined ? [] : [{ value, labels: { mcpctl_server: name } }];
    }),
    mcpctl_processes: [{ value: 1, labels: { kind } }],
  };
  for (const { name, labels, value } of snapshot.series) {
    if (!isCounted(name)) continue;
    values[name] ??= [];
    values[name].push({ value, labels: known(labels, METRICS[name].labels) });
  }
  return NAMES.map((name) => {
    const metric: Metric = METRICS[name];
    const { help, type, merge = 'sum' } = metric;
    return { name, help, type, aggregator: merge, values: values[name] ?? [] };
  });
}

/** What nobody waits for is neither up nor down. */
const UP: Readonly<Record<ServerState, number | undefined>> = {
  healthy: 1,
  degraded: 1,
  starting: 0,
  'needs-auth': 0,
  failed: 0,
  dormant: undefined,
  stopped: undefined,
};

/** Another version of mcpctl may count what this one does not know. */
function isCounted(name: string): name is Exclude<MetricName, typeof CALLS> {
  return Object.hasOwn(METRICS, name) && name !== CALLS;
}

function known(labels: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, labels[name] ?? '']));
}

function durationsOf({ server, tool, error, sum, counts }: CallSeries): FamilyValue[] {
  const labels = {
    mcp_method_name: 'tools/call',
    gen_ai_tool_name: tool,
    ...(error !== '' && { error_type: error }),
    mcpctl_server: server,
  };
  let total = 0;
  const buckets = [...BOUNDS, '+Inf'].map((le, index) => {
    total += counts[index] ?? 0;
    return { value: total, labels: { le, ...labels }, metricName: `${CALLS}_bucket` };
  });
  return [
    ...buckets,
    { value: sum, labels, metricName: `${CALLS}_sum` },
    { value: total, labels, metricName: `${CALLS}_count` },
  ];
}
