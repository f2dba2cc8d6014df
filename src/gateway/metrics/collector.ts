import { type Family, familiesOf, type Observed } from './families.ts';
import { createNameBounds, type NameBounds } from './name-bounds.ts';
import type { CallSeries } from './snapshot.ts';

/** What a look around found: a process, and its numbers unless it did not answer. */
export interface Seen {
  /** Of one process, for ever. */
  readonly id: string;
  readonly observed: Observed | undefined;
}

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

export interface Collector {
  /** The numbers of all processes in the text format of Prometheus. */
  scrape(): Promise<Exposition>;
}

/**
 * Adds up the numbers of several processes. Processes come and go, but counters must not fall: what one that ended
 * had counted when it was last seen stays in the sum. Names are bounded once more: each process chose its own.
 */
export function createCollector(look: () => Promise<readonly Seen[]>): Collector {
  const latest = new Map<string, Family[]>();
  let ended: Family[] = [];
  const bound = createSeriesBounds();
  const scrape = async (): Promise<Exposition> => {
    // Loaded here: only who is asked for an exposition needs it.
    const { AggregatorRegistry } = await import('./aggregator-registry.ts');
    const found = await look();
    const ids = new Set(found.map(({ id }) => id));
    for (const { id, observed } of found) if (observed) latest.set(id, familiesOf(bound(observed)));
    for (const [id, families] of latest) {
      if (ids.has(id)) continue;
      latest.delete(id);
      const kept = families.filter(({ type }) => type !== 'gauge');
      ended = (await AggregatorRegistry.aggregate([ended, kept]).getMetricsAsJSON()) as unknown as Family[];
    }
    const registry = AggregatorRegistry.aggregate([...latest.values(), ended]);
    return { contentType: registry.contentType, text: await registry.metrics() };
  };
  // One after the other, so that none folds the same process twice.
  let before: Promise<unknown> = Promise.resolve();
  return {
    scrape() {
      const next = before.then(scrape, scrape);
      before = next;
      return next;
    },
  };
}

function createSeriesBounds(): (observed: Observed) => Observed {
  const servers = new Map<string, NameBounds>();
  const bound = (series: CallSeries): CallSeries => {
    const names = servers.get(series.server) ?? createNameBounds();
    servers.set(series.server, names);
    return { ...series, tool: names.tool(series.tool), error: names.error(series.error) };
  };
  return (observed) => {
    const { calls, attempts } = observed.snapshot;
    const snapshot = { ...observed.snapshot, calls: calls.map(bound), attempts: attempts.map(bound) };
    return { ...observed, snapshot };
  };
}
