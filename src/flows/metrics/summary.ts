import { addCounts, quantileOf } from '../../gateway/metrics/quantile.ts';
import type { CallSeries, MetricsSnapshot } from '../../gateway/metrics/snapshot.ts';

/** How often something was called and what became of it. Durations are estimates from buckets; null without calls. */
export interface CallFigures {
  readonly calls: number;
  readonly errors: number;
  /** 0 to 1; null without calls. */
  readonly errorRatio: number | null;
  /** Number of calls by kind of failure, most first. */
  readonly failures: Readonly<Record<string, number>>;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

export interface ToolFigures extends CallFigures {
  readonly server: string;
  readonly tool: string;
}

export interface ServerFigures extends CallFigures {
  readonly server: string;
  readonly cache: Readonly<Record<'hit' | 'stale' | 'miss' | 'bypass', number>>;
  /** Share of answers that came from the cache, 0 to 1; null where it was not asked. */
  readonly cacheHitRatio: number | null;
  readonly rateLimited: number;
  readonly retries: number;
  /** Null where nobody counted them: the audit log has calls only. */
  readonly restarts: number | null;
  readonly tools: readonly ToolFigures[];
  /** Locked tools that nobody called. */
  readonly neverUsed: readonly string[];
}

export const SORTS = ['calls', 'errors', 'latency', 'name'] as const;
export type Sort = (typeof SORTS)[number];

export interface SummaryOptions {
  readonly snapshots: readonly MetricsSnapshot[];
  /** Names of locked tools, by server; servers of the manifest are in it, whether they were called or not. */
  readonly locked: ReadonlyMap<string, readonly string[]>;
  readonly sort: Sort;
  /** Only this one. */
  readonly server?: string;
  readonly countsRestarts: boolean;
}

export function summarise({
  snapshots,
  locked,
  sort,
  server: only,
  countsRestarts,
}: SummaryOptions): ServerFigures[] {
  const calls = snapshots.flatMap((snapshot) => snapshot.calls);
  const series = snapshots.flatMap((snapshot) => snapshot.series);
  const names = new Set([
    ...locked.keys(),
    ...calls.map(({ server }) => server),
    ...series.flatMap(({ labels }) => labels.mcpctl_server ?? []),
  ]);
  const servers = [...names].filter((name) => only === undefined || name === only);
  const figures = servers.map((server): ServerFigures => {
    const count = (metric: string, labels: Readonly<Record<string, string>> = {}): number =>
      series
        .filter(
          ({ name, labels: has }) => name === metric && has.mcpctl_server === server && fits(has, labels),
        )
        .reduce((sum, { value }) => sum + value, 0);
    const cached = (result: string): number => count('mcpctl_cache_requests_total', { result });
    const cache = {
      hit: cached('hit'),
      stale: cached('stale'),
      miss: cached('miss'),
      bypass: cached('bypass'),
    };
    const asked = cache.hit + cache.stale + cache.miss;
    const own = calls.filter((each) => each.server === server);
    const tools = toolsOf(server, own, sort);
    const used = new Set(tools.map(({ tool }) => tool));
    return {
      server,
      ...figuresOf(own),
      cache,
      cacheHitRatio: asked === 0 ? null : (cache.hit + cache.stale) / asked,
      rateLimited: count('mcpctl_rate_limited_total'),
      retries: count('mcpctl_retries_total'),
      restarts: countsRestarts ? count('mcpctl_server_restarts_total') : null,
      tools,
      neverUsed: (locked.get(server) ?? []).filter((tool) => !used.has(tool)),
    };
  });
  return figures.sort((one, other) => compare(one, other, sort) || order(one.server, other.server));
}

function toolsOf(server: string, calls: readonly CallSeries[], sort: Sort): ToolFigures[] {
  const names = [...new Set(calls.map(({ tool }) => tool))];
  return names
    .map((tool) => ({ server, tool, ...figuresOf(calls.filter((each) => each.tool === tool)) }))
    .sort((one, other) => compare(one, other, sort) || order(one.tool, other.tool));
}

function figuresOf(all: readonly CallSeries[]): CallFigures {
  const failed: Record<string, number> = {};
  let calls = 0;
  for (const { error, counts } of all) {
    const count = counts.reduce((sum, each) => sum + each, 0);
    calls += count;
    if (error !== '') failed[error] = (failed[error] ?? 0) + count;
  }
  const errors = Object.values(failed).reduce((sum, count) => sum + count, 0);
  const counts = addCounts(all.map((each) => each.counts));
  const ms = (share: number): number | null => {
    const seconds = quantileOf(counts, share);
    return seconds === null ? null : Math.round(seconds * 10_000) / 10;
  };
  return {
    calls,
    errors,
    errorRatio: calls === 0 ? null : errors / calls,
    failures: Object.fromEntries(Object.entries(failed).sort(([, one], [, other]) => other - one)),
    p50Ms: ms(0.5),
    p95Ms: ms(0.95),
    p99Ms: ms(0.99),
  };
}

function fits(has: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([label, value]) => has[label] === value);
}

/** Most first; by name it is all the same. */
export function compare(one: CallFigures, other: CallFigures, sort: Sort): number {
  if (sort === 'calls') return other.calls - one.calls;
  if (sort === 'errors') return other.errors - one.errors;
  return sort === 'latency' ? (other.p95Ms ?? -1) - (one.p95Ms ?? -1) : 0;
}

function order(one: string, other: string): number {
  return one < other ? -1 : 1;
}
