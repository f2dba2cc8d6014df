import { BOUNDS, METRICS, type Metric } from '../../../src/gateway/metrics/metrics.ts';
import { code, codes, markdownTable, page } from './markdown.ts';

/** docs/reference/metrics.md: what `/metrics` of the gateway exposes. */
export function metricsPage(): string {
  const rows = Object.entries<Metric>(METRICS).map(([name, { type, labels, help }]) => [
    code(name),
    type,
    codes(labels),
    help,
  ]);
  return page('Metrics', 'src/gateway/metrics/metrics.ts', [
    'What the gateway exposes at `/metrics`, in the text format of Prometheus.',
    markdownTable(['metric', 'type', 'labels', 'meaning'], rows),
    `Bounds of durations, in seconds: ${BOUNDS.join(', ')}.`,
    'No label holds a user, an argument or an address. Of each server 200 tools and 32 kinds of failures have names of their own; what comes later counts as `other`.',
  ]);
}
