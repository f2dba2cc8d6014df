import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { CallRow } from '../../src/audit/row.ts';
import type { Observation, ObservedServer } from '../../src/watch/observation.ts';
import { readAssets } from '../../src/watch/web/assets.ts';
import { createDashboard, type Dashboard } from '../../src/watch/web/dashboard.ts';
import { type ServedPages, servePages } from '../../src/watch/web/serve.ts';
import { createSessions, type Sessions } from '../../src/watch/web/sessions.ts';
import type { DashboardSources } from '../../src/watch/web/sources.ts';
import type { ShownAlert, ShownCall } from '../../src/watch/web/wire.ts';

const NOON = Date.parse('2026-11-30T12:00:00.000Z');
const at = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString();

/** A healthy server, but for what is given. */
export function shownServer(name: string, but: Partial<ObservedServer> = {}): ObservedServer {
  return {
    name,
    scope: 'user',
    transport: 'stdio',
    state: 'healthy',
    since: at(-7200),
    era: 'legacy',
    version: '1.4.2',
    probe: { at: at(-12), ok: true, ms: 8.4 },
    nextProbeAt: at(18),
    calls: { perMinute: 4.2, errorRatio: 0, p50Ms: 42, p95Ms: 180, rateLimitedPerMinute: 0 },
    cacheHitRatio: 0.82,
    restarts: 0,
    rssBytes: 64 * 1024 * 1024,
    tools: { offered: 12, locked: 12, changed: [] },
    owners: [{ pid: 4242, kind: 'run' }],
    warnings: [],
    ...but,
  };
}

export const SERVERS: readonly ObservedServer[] = [
  shownServer('github', { tools: { offered: 41, locked: 41, changed: [] }, token: { expiresAt: at(3000) } }),
  shownServer('postgres', {
    state: 'failed',
    since: at(-340),
    restarts: 5,
    rssBytes: null,
    reason: {
      code: 'SERVER_CRASH_LOOP',
      message: 'postgres ended 5 times within a minute and is left stopped.',
      hint: 'mcpctl logs postgres',
    },
    calls: { perMinute: 0, errorRatio: 0.62, p50Ms: 12, p95Ms: 940, rateLimitedPerMinute: 0 },
  }),
  shownServer('linear', {
    transport: 'http',
    era: 'modern',
    state: 'needs-auth',
    since: at(-4000),
    rssBytes: null,
    reason: {
      code: 'SIGN_IN_NEEDED',
      message: 'linear refuses the sign-in it has.',
      hint: 'mcpctl auth login linear',
    },
  }),
  shownServer('filesystem', { tools: { offered: 14, locked: 13, changed: ['write_file'] } }),
  shownServer('memory', {
    state: 'dormant',
    rssBytes: null,
    owners: [],
    calls: { ...shownServer('x').calls, perMinute: 0, p95Ms: null, p50Ms: null, errorRatio: null },
  }),
  shownServer('sequential-thinking', { rssBytes: 48 * 1024 * 1024 }),
];

export function seen(servers: readonly ObservedServer[] = SERVERS, seconds = 0): Observation {
  return {
    at: at(seconds),
    warnings: [],
    servers,
    processes: [
      {
        pid: 4242,
        kind: 'run',
        startedAt: at(-9000),
        version: '0.1.0',
        cwd: '/home/ada/projects/engine',
        rssBytes: 48e6,
        servers: ['github'],
      },
      {
        pid: 4311,
        kind: 'gateway',
        startedAt: at(-86_000),
        version: '0.1.0',
        cwd: '/home/ada',
        rssBytes: 71e6,
        servers: ['postgres', 'linear', 'filesystem'],
      },
    ],
    auditFailures: 0,
  };
}

export interface ShownWorld {
  readonly pages: ServedPages;
  readonly dashboard: Dashboard;
  readonly sessions: Sessions;
  /** With a code that works once. */
  readonly link: string;
  readonly restarts: string[];
  readonly failures: unknown[];
  /** Shows this from now on. */
  show(observation: Observation): void;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly observation?: Observation;
  readonly rows?: readonly CallRow[];
  readonly calls?: readonly ShownCall[];
  readonly alerts?: readonly ShownAlert[];
  readonly sources?: Partial<DashboardSources>;
  readonly principalOf?: (authorization: string | undefined) => Promise<string | undefined>;
  readonly entered?: () => void;
  readonly port?: number;
}

const MCPCTL = fileURLToPath(new URL('../../bin/mcpctl.js', import.meta.url));

/** The pages over a world that is made up; only what is watched is not real. */
export async function showWorld(options: WorldOptions = {}): Promise<ShownWorld> {
  const { rows = someRows(), calls = someCalls(120), alerts = [], principalOf, entered } = options;
  let observation = options.observation ?? seen();
  const listeners = new Set<(seen: Observation) => void>();
  const restarts: string[] = [];
  const failures: unknown[] = [];
  let unread = [...rows];
  const sessions = createSessions(() => Date.now());
  const sources: DashboardSources = {
    version: '0.1.0',
    now: () => new Date(NOON),
    watch(listener) {
      listeners.add(listener);
      listener(observation);
      return () => void listeners.delete(listener);
    },
    alerts: async () => alerts,
    limitOf: (server) => (server === 'github' ? 100 : 0),
    async newCalls() {
      const fresh = unread;
      unread = [];
      return fresh;
    },
    findCalls: async ({ offset, limit, server, outcome }) => {
      const fitting = calls.filter(
        (call) => (server ?? call.server) === call.server && (outcome ?? call.outcome) === call.outcome,
      );
      return {
        calls: fitting.slice(offset, offset + limit),
        offset,
        hasOlder: fitting.length > offset + limit,
        damaged: 0,
      };
    },
    async restart(server) {
      restarts.push(server);
    },
    ...options.sources,
  };
  const dashboard = createDashboard({
    base: '',
    entrance: principalOf ? 'token' : 'link',
    assets: await readAssets(MCPCTL),
    sources,
    sessions,
    principalOf: principalOf ?? (async () => undefined),
    ...(entered && { entered }),
    failed: (error) => void failures.push(error),
  });
  const pages = await servePages({ dashboard, port: options.port ?? 0 });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= pages.close();
    return closing;
  };
  onTestFinished(close);
  return {
    pages,
    dashboard,
    sessions,
    link: `${pages.url}#code=${sessions.newCode()}`,
    restarts,
    failures,
    close,
    show(next) {
      observation = next;
      for (const listener of [...listeners]) listener(next);
    },
  };
}

/** Recorded calls of the hour before noon. */
export function someRows(): CallRow[] {
  const tools = [
    ['github', 'search_issues', 220],
    ['github', 'create_issue', 640],
    ['filesystem', 'read_file', 6],
    ['sequential-thinking', 'think', 14],
    ['postgres', 'query', 900],
  ] as const;
  return Array.from({ length: 460 }, (_, index) => {
    const [server, tool, ms] = tools[(index * 7) % tools.length] ?? tools[0];
    const wave = 1800 + 1700 * Math.sin(index / 37);
    const failed = server === 'postgres' ? index % 3 !== 0 : index % 41 === 0;
    const outcome = failed ? 'tool_error' : index % 53 === 0 ? 'rate_limited' : 'ok';
    const cache = tool === 'read_file' ? (index % 5 === 0 ? 'miss' : 'hit') : undefined;
    return rowOf({
      server,
      tool,
      outcome,
      ms: ms * (1 + ((index * 13) % 17) / 9),
      ts: at(-wave),
      ...(cache && { cache }),
    });
  });
}

/** A row of the log with these facts. */
export function rowOf(facts: Partial<CallRow> & Pick<CallRow, 'server' | 'tool' | 'ts'>): CallRow {
  return {
    v: 1,
    kind: 'call',
    chain: 's01',
    seq: 1,
    id: '01936f6e-0000-7000-8000-000000000000',
    prev: '0'.repeat(64),
    hash: '0'.repeat(64),
    via: 'run',
    method: 'tools/call',
    intent: 'read',
    outcome: 'ok',
    ms: 10,
    attempt: 1,
    bytesIn: 10,
    bytesOut: 10,
    corr: '4bf92f3577b34da6a3ce929d0e0e4736',
    ...facts,
  };
}

export function someCalls(count: number): ShownCall[] {
  const outcomes = ['ok', 'ok', 'ok', 'tool_error', 'ok', 'rate_limited', 'timeout'] as const;
  return Array.from({ length: count }, (_, index) => ({
    id: `call-${index}`,
    at: at(-index * 37),
    server: SERVERS[index % 4]?.name ?? 'github',
    what: ['search_issues', 'query', 'list_issues', 'read_file'][index % 4] ?? 'query',
    outcome: outcomes[index % outcomes.length] ?? 'ok',
    ms: 3 + ((index * 97) % 1400),
    via: 'run',
    client: 'cursor',
    user: 'ada',
    ...(index % 4 === 3 && { cache: 'hit' }),
    corr: `corr-${index}`,
  }));
}
