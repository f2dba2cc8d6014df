import { isDown } from '../../gateway/hub/is-down.ts';
import type { ObservedServer } from '../observation.ts';
import { CLEAR, clear, type RuleView, type Verdict, when } from './rule.ts';

/** What the rules about one server judge by; each is in the table of rules. */

export function isGone({ state, reason }: ObservedServer): Verdict {
  const holds = isDown({ state, ...(reason && { code: reason.code }) });
  return when(holds, () => reason?.message ?? `It is ${state}.`);
}

export function isLooping({ name, state, reason }: ObservedServer, { history, limits }: RuleView): Verdict {
  const restarts = (servers: readonly ObservedServer[]): number | undefined =>
    servers.find((server) => server.name === name)?.restarts;
  const grown = history.increaseOf((observation) => restarts(observation.servers), 600_000);
  const { by } = grown;
  if (by > limits.restarts) return { holds: true, detail: `${by} restarts in ten minutes.` };
  if (state === 'failed' && reason?.code === 'SERVER_CRASH_LOOP')
    return { holds: true, detail: reason.message };
  return clear(grown);
}

export function needsSignIn({ state, reason }: ObservedServer): Verdict {
  return when(state === 'needs-auth', () => reason?.message ?? 'The server refuses the sign-in it has.');
}

export function hasDrifted({ tools: { changed } }: ObservedServer): Verdict {
  const shown = changed.slice(0, 5).join(', ');
  const more = changed.length > 5 ? ` and ${changed.length - 5} more` : '';
  return when(changed.length > 0, () => `Not what was locked: ${shown}${more}.`);
}

export function fails({ calls }: ObservedServer, { limits }: RuleView): Verdict {
  const { errorRatio } = calls;
  return when(
    isBusy(calls, limits.minimumCalls) && errorRatio !== null && errorRatio > limits.errorRatio,
    () => {
      return `${percent(errorRatio ?? 0)} of ${count(calls)} calls fail; the limit is ${percent(limits.errorRatio)}.`;
    },
  );
}

export function isSlow({ calls, reason }: ObservedServer, { limits }: RuleView): Verdict {
  const { p95Ms } = calls;
  if (reason?.code === 'SERVER_SLOW') return { holds: true, detail: reason.message };
  return when(isBusy(calls, limits.minimumCalls) && p95Ms !== null && p95Ms > limits.p95Ms, () => {
    return `Of ${count(calls)} calls 5 in 100 take over ${seconds(p95Ms ?? 0)}; the limit is ${seconds(limits.p95Ms)}.`;
  });
}

export function failsItsCheck({ reason }: ObservedServer): Verdict {
  return when(reason?.code === 'SERVER_CALL_FAILED', () => reason?.message ?? '');
}

export function isLimited({ calls }: ObservedServer, { limits }: RuleView): Verdict {
  const { rateLimitedPerMinute } = calls;
  return when(rateLimitedPerMinute > limits.rateLimitedPerMinute, () => {
    return `${round(rateLimitedPerMinute)} calls a minute are refused by a limit.`;
  });
}

export function isLarge({ rssBytes }: ObservedServer, { limits }: RuleView): Verdict {
  return when(rssBytes !== null && rssBytes > limits.serverMemoryBytes, () => {
    return `It uses ${mebibytes(rssBytes ?? 0)}; the limit is ${mebibytes(limits.serverMemoryBytes)}.`;
  });
}

/** Nobody probes a server that is paused, stopped or dormant; such a one is not stale. */
export function isStale({ nextProbeAt }: ObservedServer, { now, limits }: RuleView): Verdict {
  if (nextProbeAt === undefined) return CLEAR;
  const late = Date.parse(now.at) - Date.parse(nextProbeAt);
  return when(late > limits.probeStaleMs, () => `A probe was due ${seconds(late)} ago.`);
}

export function missesCache({ calls, cacheHitRatio }: ObservedServer, { limits }: RuleView): Verdict {
  return when(
    cacheHitRatio !== null && isBusy(calls, limits.minimumCalls) && cacheHitRatio < limits.cacheHitRatio,
    () => {
      return `${percent(cacheHitRatio ?? 0)} of answers come from the cache; the limit is ${percent(limits.cacheHitRatio)}.`;
    },
  );
}

type Calls = ObservedServer['calls'];

/** Whether there were enough calls in five minutes for a share of them to mean something. */
function isBusy(calls: Calls, minimum: number): boolean {
  return count(calls) >= minimum;
}

function count({ perMinute }: Calls): number {
  return Math.round(perMinute * 5);
}

export function percent(ratio: number): string {
  return `${round(ratio * 100)} %`;
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}

function seconds(ms: number): string {
  return `${round(ms / 1000)} s`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
