import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { askControl } from '../../gateway/control/ask-control.ts';
import type { Running } from '../../gateway/control/find-running.ts';
import { askCaches, type CachePlace, numberIn, processesHere } from './cache-here.ts';

export interface CacheStats {
  readonly server?: string;
  readonly places: readonly (CachePlace & { readonly entries: number; readonly bytes: number })[];
  readonly entries: number;
  readonly bytes: number;
  /** Of the processes that run now. */
  readonly requests: CacheRequests;
  /** Share of answers that came from the cache, from 0 to 1; null before the first. */
  readonly hitRate: number | null;
}

export interface CacheRequests {
  readonly hit: number;
  readonly stale: number;
  readonly miss: number;
  readonly bypass: number;
}

/** What is kept, and how often it served. @throws STORE_UNREACHABLE, SETTINGS_INVALID */
export async function cacheStats(server: string | undefined, context: Context): Promise<CacheStats> {
  const processes = await processesHere(context);
  const [answers, requests] = await Promise.all([
    askCaches('stats', { server, processes }, context),
    requestsOf(processes, server, context),
  ]);
  for (const { pid, error } of answers) if (error) context.output.warn(`${pid}: ${error.message}`);
  const places = answers
    .filter(({ error }) => !error)
    .map(({ kind, pid, answer }) => ({
      kind,
      ...(pid !== undefined && { pid }),
      entries: numberIn(answer, 'entries'),
      bytes: numberIn(answer, 'bytes'),
    }));
  const served = requests.hit + requests.stale;
  const all = served + requests.miss;
  return {
    ...(server !== undefined && { server }),
    places,
    entries: places.reduce((sum, { entries }) => sum + entries, 0),
    bytes: places.reduce((sum, { bytes }) => sum + bytes, 0),
    requests,
    hitRate: all === 0 ? null : served / all,
  };
}

async function requestsOf(
  processes: readonly Running[],
  server: string | undefined,
  { signal }: Context,
): Promise<CacheRequests> {
  const counts = { hit: 0, stale: 0, miss: 0, bypass: 0 };
  const snapshots = await Promise.all(
    processes.map(async (running) => {
      try {
        return await askControl(running, { ask: 'metrics' }, { signal });
      } catch (error) {
        if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
        return { series: [] };
      }
    }),
  );
  for (const { name, labels, value } of snapshots.flatMap(({ series }) => series)) {
    if (name !== 'mcpctl_cache_requests_total') continue;
    if (server !== undefined && labels.mcpctl_server !== server) continue;
    const result = labels.result ?? '';
    if (isCounted(result)) counts[result] += value;
  }
  return counts;
}

function isCounted(result: string): result is keyof CacheRequests {
  return result === 'hit' || result === 'stale' || result === 'miss' || result === 'bypass';
}
