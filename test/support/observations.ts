import type { Observation, ObservedServer } from '../../src/watch/observation.ts';

/** Milliseconds since 1970 at which time begins in tests of alerts. */
export const NOON = Date.parse('2026-11-30T12:00:00.000Z');

/** A healthy server, but for what is given. */
export function observedServer(name: string, but: Partial<ObservedServer> = {}): ObservedServer {
  return {
    name,
    scope: 'user',
    transport: 'stdio',
    state: 'healthy',
    since: new Date(NOON).toISOString(),
    calls: { perMinute: 0, errorRatio: null, p50Ms: null, p95Ms: null, rateLimitedPerMinute: 0 },
    cacheHitRatio: null,
    restarts: 0,
    rssBytes: 50_000_000,
    tools: { offered: 3, locked: 3, changed: [] },
    owners: [],
    warnings: [],
    ...but,
  };
}

/** What is seen so many seconds after noon. */
export function observation(
  seconds: number,
  servers: readonly ObservedServer[],
  but: Partial<Observation> = {},
): Observation {
  const at = new Date(NOON + seconds * 1000).toISOString();
  return { at, servers, warnings: [], processes: [], auditFailures: 0, ...but };
}
