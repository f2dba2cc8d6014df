import type { HubServer } from '../hub/hub.ts';
import { isDown } from '../hub/is-down.ts';
import { ATTEMPTS, BOUNDS, CALLS, METRICS, type Metric, type MetricName } from './metrics.ts';
import type { CallSeries, Durations, MetricsSnapshot } from './snapshot.ts';

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

/** A server as a process has it, with what was measured of it from outside. */
export interface ObservedByMetrics extends HubServer {
  /** Of its programs with all they started; absent where it has none here. */
  readonly rssBytes?: number;
  /** How many tools are locked. */
  readonly locked?: number;
}

/** A process whose numbers are wanted. */
export interface Observed {
  readonly kind: 'run' | 'gateway' | 'watch';
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly rssBytes: number;
  readonly snapshot: MetricsSnapshot;
  readonly servers: readonly ObservedByMetrics[];
}

type Values = Record<string, FamilyValue[]>;

const NAMES = Object.keys(METRICS) as MetricName[];

/** Everything one process says; every metric is there, also without values. */
export function familiesOf(observed: Observed): Family[] {
  const { kind, version, startedAt, rssBytes, snapshot, servers } = observed;
  const values: Values = {
    [CALLS]: snapshot.calls.flatMap((series) => callsOf(CALLS, series)),
    [ATTEMPTS]: snapshot.attempts.flatMap((series) => callsOf(ATTEMPTS, series)),
    ...valuesOf(servers),
    mcpctl_processes: [{ value: 1, labels: { kind } }],
    mcpctl_process_rss_bytes: [{ value: rssBytes, labels: { kind } }],
    mcpctl_process_start_time_seconds: [{ value: Date.parse(startedAt) / 1000, labels: { kind } }],
    mcpctl_build_info: [{ value: 1, labels: { version } }],
  };
  const add = (name: string, added: readonly FamilyValue[]): void => {
    values[name] = [...(values[name] ?? []), ...added];
  };
  for (const { name, labels, ...durations } of snapshot.durations) {
    if (isHistogram(name)) add(name, durationsOf(name, known(labels, METRICS[name].labels), durations));
  }
  for (const { name, labels, value } of snapshot.series) {
    if (isCounted(name)) add(name, [{ value, labels: known(labels, METRICS[name].labels) }]);
  }
  return NAMES.map((name) => {
    const metric: Metric = METRICS[name];
    const { help, type, merge = 'sum' } = metric;
    const all = [...(values[name] ?? []), ...zerosOf(metric, servers)];
    return { name, help, type, aggregator: merge, values: all };
  });
}

/** What nobody waits for is neither up nor down. */
function isUp(server: ObservedByMetrics): number | undefined {
  const { state } = server;
  if (state === 'dormant' || state === 'stopped') return undefined;
  return state === 'needs-auth' || isDown(server) ? 0 : 1;
}

/** What is known of servers without counting. */
function valuesOf(servers: readonly ObservedByMetrics[]): Values {
  const each = (
    value: (server: ObservedByMetrics) => number | undefined,
    labels: (server: ObservedByMetrics) => Readonly<Record<string, string>> = () => ({}),
  ): FamilyValue[] =>
    servers.flatMap((server) => {
      const found = value(server);
      const named = { mcpctl_server: server.name, ...labels(server) };
      return found === undefined ? [] : [{ value: found, labels: named }];
    });
  return {
    mcpctl_server_up: each(isUp),
    mcpctl_server_state: each(
      () => 1,
      ({ state }) => ({ state }),
    ),
    mcpctl_server_trouble: each(
      ({ code }) => (code === undefined ? undefined : 1),
      ({ code = '' }) => ({ code }),
    ),
    mcpctl_server_rss_bytes: each(({ rssBytes }) => rssBytes),
    mcpctl_server_tools: [
      ...each(
        ({ tools }) => tools,
        () => ({ kind: 'offered' }),
      ),
      ...each(
        ({ locked }) => locked,
        () => ({ kind: 'locked' }),
      ),
      ...each(
        ({ changed }) => changed?.length,
        () => ({ kind: 'changed' }),
      ),
    ],
  };
}

/** prom-client merges values of equal labels, so zeros change no sum and no maximum. */
function zerosOf({ labels, zeros = [] }: Metric, servers: readonly ObservedByMetrics[]): FamilyValue[] {
  const own = labels.find((label) => label !== 'mcpctl_server');
  return servers.flatMap(({ name }) =>
    zeros.map((zero) => ({
      value: 0,
      labels: { mcpctl_server: name, ...(own !== undefined && { [own]: zero }) },
    })),
  );
}

/** Another version of mcpctl may count what this one does not know. */
function isKnown(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

function isHistogram(name: string): name is MetricName {
  return isKnown(name) && METRICS[name].type === 'histogram';
}

function isCounted(name: string): name is MetricName {
  return isKnown(name) && METRICS[name].type !== 'histogram';
}

function known(labels: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, labels[name] ?? '']));
}

function callsOf(name: MetricName, { server, tool, error, ...durations }: CallSeries): FamilyValue[] {
  const labels = {
    mcp_method_name: 'tools/call',
    gen_ai_tool_name: tool,
    ...(error !== '' && { error_type: error }),
    mcpctl_server: server,
  };
  return durationsOf(name, labels, durations);
}

function durationsOf(
  name: MetricName,
  labels: Readonly<Record<string, string>>,
  { sum, counts }: Durations,
): FamilyValue[] {
  let total = 0;
  const buckets = [...BOUNDS, '+Inf'].map((le, index) => {
    total += counts[index] ?? 0;
    return { value: total, labels: { le, ...labels }, metricName: `${name}_bucket` };
  });
  return [
    ...buckets,
    { value: sum, labels, metricName: `${name}_sum` },
    { value: total, labels, metricName: `${name}_count` },
  ];
}
