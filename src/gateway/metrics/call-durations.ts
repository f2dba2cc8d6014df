import type { MeasuredCall } from '../../calls/meter.ts';
import { bucketOf, type Counted, emptyDurations } from './durations.ts';
import { createNameBounds, type NameBounds } from './name-bounds.ts';
import type { CallSeries } from './snapshot.ts';

interface ServerCalls {
  readonly names: NameBounds;
  readonly durations: Map<string, CallSeries & Counted>;
}

/** Durations of calls by server, tool and failure, bounded whatever names there are. */
export interface CallDurations {
  add(call: MeasuredCall): void;
  all(): readonly CallSeries[];
}

export function createCallDurations(): CallDurations {
  const servers = new Map<string, ServerCalls>();
  return {
    add({ server, tool, outcome, errorType, seconds }) {
      let calls = servers.get(server);
      if (!calls) {
        calls = { names: createNameBounds(), durations: new Map() };
        servers.set(server, calls);
      }
      const { names } = calls;
      const shownTool = names.tool(tool);
      const error = outcome === 'ok' ? '' : names.error(errorType ?? outcome);
      const key = `${shownTool}\0${error}`;
      let durations = calls.durations.get(key);
      if (!durations) {
        durations = { server, tool: shownTool, error, ...emptyDurations() };
        calls.durations.set(key, durations);
      }
      durations.sum += seconds;
      const bucket = bucketOf(seconds);
      durations.counts[bucket] = (durations.counts[bucket] ?? 0) + 1;
    },
    all: () => [...servers.values()].flatMap(({ durations }) => [...durations.values()]),
  };
}
