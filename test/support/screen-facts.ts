import { FIRST_VIEW, type ScreenFacts, type View } from '../../src/flows/watch/screen/view.ts';
import type { ObservedServer } from '../../src/watch/observation.ts';
import { NOON, observation, observedServer } from './observations.ts';

/** ISO 8601, so many seconds after noon. */
export const atSecond = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString();

/** A server in each kind of trouble, and some in none. */
export const SCREEN_SERVERS: readonly ObservedServer[] = [
  observedServer('github', {
    since: atSecond(-3 * 86_400),
    transport: 'http',
    era: 'modern',
    probe: { at: atSecond(-3), ok: true, ms: 112 },
    nextProbeAt: atSecond(18),
    calls: { perMinute: 4.2, errorRatio: 0, p50Ms: 90, p95Ms: 230, rateLimitedPerMinute: 0 },
    cacheHitRatio: 0.41,
    rssBytes: null,
    tools: { offered: 34, locked: 34, changed: [] },
    token: { expiresAt: atSecond(3100) },
    owners: [{ pid: 4242, kind: 'gateway' }],
  }),
  observedServer('linear', {
    since: atSecond(-600),
    state: 'needs-auth',
    transport: 'http',
    rssBytes: null,
    tools: { offered: null, locked: 23, changed: [] },
    token: { expiresAt: atSecond(-5) },
    reason: {
      code: 'SIGN_IN_NEEDED',
      message: 'The sign-in to linear has ended.',
      hint: 'mcpctl auth login linear',
    },
  }),
  observedServer('postgres', {
    since: atSecond(-125),
    state: 'degraded',
    era: 'legacy',
    probe: { at: atSecond(-9), ok: false, ms: 5000 },
    nextProbeAt: atSecond(3),
    calls: { perMinute: 12.4, errorRatio: 0.14, p50Ms: 40, p95Ms: 2210, rateLimitedPerMinute: 1 },
    restarts: 2,
    rssBytes: 84 * 1024 * 1024,
    tools: { offered: 12, locked: 12, changed: ['query', 'explain'] },
    owners: [
      { pid: 4242, kind: 'gateway' },
      { pid: 4311, kind: 'run' },
    ],
    reason: {
      code: 'TOOL_TIMEOUT',
      message: 'postgres did not answer within 5 s.',
      hint: 'mcpctl logs postgres',
    },
    warnings: [
      {
        code: 'TOOLS_CHANGED',
        message: 'Two tools are not what was locked.',
        hint: 'mcpctl approve postgres',
      },
    ],
  }),
  observedServer('memory', {
    state: 'dormant',
    rssBytes: null,
    tools: { offered: null, locked: null, changed: [] },
  }),
  observedServer('playwright', {
    state: 'failed',
    since: atSecond(-30),
    restarts: 5,
    rssBytes: null,
    tools: { offered: null, locked: 29, changed: [] },
    reason: {
      code: 'SERVER_CRASHED',
      message: 'playwright ended 5 times: Error: Cannot find module chromium',
    },
  }),
];

/** At noon, an hour after the watch began. */
export function screenFacts(view: Partial<View> = {}, but: Partial<ScreenFacts> = {}): ScreenFacts {
  const gateway = { pid: 4242, kind: 'gateway', startedAt: atSecond(-7200), version: '0.1.0' } as const;
  const where = { cwd: '/home/ada/work', rssBytes: 71 * 1024 * 1024, servers: ['github', 'postgres'] };
  return {
    observation: observation(0, SCREEN_SERVERS, { processes: [{ ...gateway, ...where }] }),
    changes: [
      { at: atSecond(-600), server: 'linear', what: 'healthy → needs-auth', state: 'needs-auth' },
      { at: atSecond(-125), server: 'postgres', what: 'healthy → degraded', state: 'degraded' },
      { at: atSecond(-40), server: 'postgres', what: 'was started again (2 times so far)' },
    ],
    logs: [],
    isPaused: false,
    startedAt: NOON - 3_600_000,
    now: NOON,
    notice: undefined,
    told: [],
    view: { ...FIRST_VIEW, selected: 'github', ...view },
    ...but,
  };
}
