import { type OtlpIdentity, otlpAttributes, otlpResource } from '../../core/otlp-values.ts';
import { type Family, familiesOf, type Observed } from '../metrics/families.ts';
import { BOUNDS } from '../metrics/metrics.ts';
import { nanoseconds } from './otlp-spans.ts';

const CUMULATIVE = 2;

/** An ExportMetricsServiceRequest with everything this process counted since it began, as a value. */
export function metricsRequest(observed: Observed, at: number, identity: OtlpIdentity): object {
  const times: Times = {
    startTimeUnixNano: nanoseconds(Date.parse(observed.startedAt)),
    timeUnixNano: nanoseconds(at),
  };
  const metrics = familiesOf(observed)
    .filter(({ values }) => values.length > 0)
    .map((family) => ({
      name: nameOf(family),
      description: family.help,
      unit: unitOf(family),
      ...dataOf(family, times),
    }));
  const scope = { name: 'mcpctl', version: identity.version };
  return { resourceMetrics: [{ resource: otlpResource(identity), scopeMetrics: [{ scope, metrics }] }] };
}

interface Times {
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
}

type Value = Family['values'][number];

/** Those of OpenTelemetry by its names, without unit; ours as they are. */
function nameOf({ name, type }: Family): string {
  if (type !== 'histogram' || name.startsWith('mcpctl_')) return name;
  return name.replace(/_seconds$/, '').replaceAll('_', '.');
}

function unitOf({ name }: Family): string {
  if (/_seconds$/.test(name)) return 's';
  return /_bytes$/.test(name) ? 'By' : '1';
}

const LABELS: Readonly<Record<string, string>> = {
  mcp_method_name: 'mcp.method.name',
  gen_ai_tool_name: 'gen_ai.tool.name',
  error_type: 'error.type',
  mcpctl_server: 'mcpctl.server',
};

function dataOf(family: Family, times: Times): object {
  if (family.type === 'histogram')
    return { histogram: { aggregationTemporality: CUMULATIVE, dataPoints: histogramPoints(family, times) } };
  const dataPoints = merged(family).map(({ value, labels }) => ({
    ...times,
    asDouble: value,
    attributes: attributesOf(labels),
  }));
  if (family.type === 'gauge') return { gauge: { dataPoints } };
  return { sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } };
}

/** One value for each set of labels: zeros stand beside what was counted. */
function merged({ values }: Family): Value[] {
  const sums = new Map<string, Value>();
  for (const value of values) {
    const key = keyOf(value.labels);
    const known = sums.get(key);
    sums.set(key, known ? { ...known, value: known.value + value.value } : value);
  }
  return [...sums.values()];
}

/** Buckets, which Prometheus adds up, taken apart again. */
function histogramPoints({ name, values }: Family, times: Times): object[] {
  const points = new Map<string, { labels: Value['labels']; totals: number[]; sum: number }>();
  for (const { labels: all, metricName, value } of values) {
    const { le, ...labels } = all;
    const key = keyOf(labels);
    const point = points.get(key) ?? { labels, totals: [], sum: 0 };
    points.set(key, point);
    if (metricName === `${name}_sum`) point.sum = value;
    else if (le !== undefined) point.totals.push(value);
  }
  return [...points.values()].map(({ labels, totals, sum }) => ({
    ...times,
    count: String(totals.at(-1) ?? 0),
    sum,
    explicitBounds: [...BOUNDS],
    bucketCounts: totals.map((total, index) => String(total - (totals[index - 1] ?? 0))),
    attributes: attributesOf(labels),
  }));
}

function keyOf(labels: Value['labels']): string {
  return JSON.stringify(Object.entries(labels).sort());
}

function attributesOf(labels: Value['labels']): object[] {
  return otlpAttributes(
    Object.fromEntries(Object.entries(labels).map(([name, value]) => [LABELS[name] ?? name, value])),
  );
}
