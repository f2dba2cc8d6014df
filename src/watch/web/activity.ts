import type { CallRow, Outcome } from '../../audit/row.ts';
import type { Activity, Minute, ServerUse, ToolUse } from './wire.ts';

/** Adds up recorded calls of the last hour. */
export interface ActivityBook {
  add(rows: readonly CallRow[]): void;
  sum(now: Date): Activity;
}

const MINUTES = 60;
const MINUTE_MS = 60_000;
/** Beyond that the oldest are forgotten early. */
const MOST_CALLS = 20_000;
const MOST_TOOLS = 200;

interface Call {
  readonly at: number;
  readonly server: string;
  readonly tool: string | undefined;
  readonly kind: keyof Minute;
  readonly isLimited: boolean;
  readonly ms: number;
  readonly cache: CallRow['cache'];
}

export function createActivityBook(): ActivityBook {
  let calls: Call[] = [];
  return {
    add(rows) {
      for (const { ts, server, tool, outcome, ms, cache } of rows) {
        const isLimited = outcome === 'rate_limited';
        calls.push({ at: Date.parse(ts), server, tool, kind: kindOf(outcome), isLimited, ms, cache });
      }
    },
    sum(now) {
      const end = (Math.floor(now.getTime() / MINUTE_MS) + 1) * MINUTE_MS;
      const begin = end - MINUTES * MINUTE_MS;
      calls = calls.filter(({ at }) => at >= begin).slice(-MOST_CALLS);
      // A clock that was set back leaves calls of the future behind.
      const counted = calls.filter(({ at }) => at < end);
      const minuteOf = ({ at }: Call): number => Math.floor((at - begin) / MINUTE_MS);
      return {
        until: new Date(end).toISOString(),
        minutes: minutesOf(counted, minuteOf),
        tools: toolsOf(counted),
        servers: serversOf(counted, minuteOf),
      };
    },
  };
}

function kindOf(outcome: Outcome): keyof Minute {
  if (outcome === 'ok') return 'ok';
  return outcome === 'denied' || outcome === 'rate_limited' || outcome === 'cancelled' ? 'refused' : 'failed';
}

function minutesOf(calls: readonly Call[], minuteOf: (call: Call) => number): Minute[] {
  const minutes = Array.from({ length: MINUTES }, () => ({ ok: 0, failed: 0, refused: 0 }));
  for (const call of calls) {
    const minute = minutes[minuteOf(call)];
    if (minute) minute[call.kind] += 1;
  }
  return minutes;
}

/** The busiest ones, each with how long its calls took. */
function toolsOf(calls: readonly Call[]): ToolUse[] {
  const named = calls.filter(({ tool }) => tool !== undefined);
  const uses = groupsOf(named, ({ server, tool }) => `${server}\0${tool}`).map((group) => {
    const [{ server, tool = '' } = { server: '' }] = group;
    const times = group.map(({ ms }) => ms).sort((one, other) => one - other);
    const failed = group.filter(({ kind }) => kind === 'failed').length;
    return {
      server,
      tool,
      calls: group.length,
      failed,
      p50Ms: quantile(times, 0.5),
      p95Ms: quantile(times, 0.95),
    };
  });
  return uses.sort((one, other) => other.calls - one.calls).slice(0, MOST_TOOLS);
}

function serversOf(calls: readonly Call[], minuteOf: (call: Call) => number): ServerUse[] {
  return groupsOf(calls, ({ server }) => server).map((group) => {
    const [{ server } = { server: '' }] = group;
    const minutes: number[] = new Array(MINUTES).fill(0);
    for (const call of group) minutes[minuteOf(call)] = (minutes[minuteOf(call)] ?? 0) + 1;
    const count = (fits: (call: Call) => boolean): number => group.filter(fits).length;
    return {
      server,
      calls: group.length,
      failed: count(({ kind }) => kind === 'failed'),
      rateLimited: count(({ isLimited }) => isLimited),
      hits: count(({ cache }) => cache === 'hit' || cache === 'stale'),
      misses: count(({ cache }) => cache === 'miss'),
      minutes,
    };
  });
}

function groupsOf(calls: readonly Call[], keyOf: (call: Call) => string): Call[][] {
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    const key = keyOf(call);
    const group = groups.get(key);
    if (group) group.push(call);
    else groups.set(key, [call]);
  }
  return [...groups.values()];
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
