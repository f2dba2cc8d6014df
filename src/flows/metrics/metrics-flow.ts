import { findCalls } from '../../audit/query.ts';
import type { Context } from '../../cli/context.ts';
import { parseMoment } from '../../cli/moment.ts';
import { progressLine } from '../../cli/progress-line.ts';
import { McpctlError } from '../../core/errors.ts';
import { createCollector, type Seen } from '../../gateway/metrics/collector.ts';
import { createMeter } from '../../gateway/metrics/create-meter.ts';
import { lookAround } from '../../gateway/metrics/look-around.ts';
import type { MetricsSnapshot } from '../../gateway/metrics/snapshot.ts';
import { readLock } from '../../manifest/lock.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { auditHere } from '../audit/audit-here.ts';
import { type ServerFigures, type Sort, summarise } from './summary.ts';

export interface MetricsOptions {
  /** From the audit log since then, instead of from the processes that run. */
  readonly since?: string;
  readonly server?: string;
  readonly sort: Sort;
}

export interface MetricsSummary {
  /** `processes`: what they counted since they began. */
  readonly source: 'processes' | 'audit';
  /** ISO 8601. */
  readonly since?: string;
  /** Processes of mcpctl that were asked. */
  readonly processes: number;
  readonly servers: readonly ServerFigures[];
  /** Lines of the audit log that are no whole, unchanged rows. */
  readonly damaged: number;
}

/** What was called, how long it took and what nobody calls. @throws SERVER_UNKNOWN, USAGE, SETTINGS_INVALID */
export async function summaryFlow(options: MetricsOptions, context: Context): Promise<MetricsSummary> {
  const { since, server, sort } = options;
  const locked = await lockedTools(context);
  const found = since === undefined ? await fromProcesses(context) : await fromAudit(since, server, context);
  const { snapshots, ...rest } = found;
  const servers = summarise({
    snapshots,
    locked,
    sort,
    countsRestarts: found.source === 'processes',
    ...(server !== undefined && { server }),
  });
  if (server !== undefined && servers.length === 0) {
    throw new McpctlError('SERVER_UNKNOWN', `Nothing is known of a server ${JSON.stringify(server)}.`, {
      hint: 'mcpctl list shows the servers there are.',
      data: { server },
    });
  }
  return { ...rest, servers };
}

/** The numbers of all processes once, in the text format of Prometheus. */
export async function exposition(context: Context): Promise<string> {
  return (await createCollector(lookHere(context)).scrape()).text;
}

type Found = Omit<MetricsSummary, 'servers'> & { readonly snapshots: readonly MetricsSnapshot[] };

async function fromProcesses(context: Context): Promise<Found> {
  const seen = await lookHere(context)();
  const snapshots = seen.flatMap(({ observed }) => (observed ? [observed.snapshot] : []));
  return { source: 'processes', processes: snapshots.length, damaged: 0, snapshots };
}

function lookHere({ paths, platform }: Context): () => Promise<Seen[]> {
  return lookAround({ folder: paths.run, platform, kinds: ['run', 'gateway'] });
}

async function fromAudit(text: string, server: string | undefined, context: Context): Promise<Found> {
  const since = parseMoment(text, '--since', context.now());
  const { place } = await auditHere(context);
  const meter = createMeter();
  const progress = progressLine(context.output);
  let damaged = 0;
  let read = 0;
  for await (const call of findCalls(place, { since, ...(server !== undefined && { server }) })) {
    read += 1;
    if (read % 5000 === 0) progress.show(`${read} calls read`);
    if (!call) {
      damaged += 1;
      continue;
    }
    const { tool = call.method, outcome, errorType, ms, attempt, cache } = call;
    meter.called({
      server: call.server,
      tool,
      outcome,
      seconds: ms / 1000,
      ...(errorType !== undefined && { errorType }),
    });
    if (cache) meter.cached(call.server, cache);
    if (outcome === 'rate_limited') meter.rateLimited(call.server);
    for (let retry = 1; retry < attempt; retry += 1) meter.retried(call.server);
  }
  progress.clear();
  return {
    source: 'audit',
    since: since.toISOString(),
    processes: 0,
    damaged,
    snapshots: [meter.snapshot()],
  };
}

/** Names of the tools that are locked, for each server of the manifests. */
async function lockedTools({ paths, cwd }: Context): Promise<Map<string, readonly string[]>> {
  const manifests = await readManifests({ paths, cwd });
  const files = [manifests.user, ...(manifests.project ? [manifests.project] : [])];
  const locks = new Map(
    await Promise.all(files.map(async ({ path }) => [path, await readLock(path)] as const)),
  );
  return new Map(
    [...manifests.servers.values()].map(({ name, manifest }) => [
      name,
      Object.keys(locks.get(manifest)?.servers[name]?.tools?.tools ?? {}),
    ]),
  );
}
