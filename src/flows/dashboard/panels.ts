import { ATTEMPTS, CALLS } from '../../gateway/metrics/metrics.ts';
import type { Panel, Row } from './panel.ts';

/** Only the servers that are chosen above the dashboard. */
const S = 'mcpctl_server=~"$server"';
const RATE = '[$__rate_interval]';
const ALL_SHOWN = '[$__range]';

const perServer = (counter: string, labels = ''): string =>
  `sum by (mcpctl_server) (rate(${counter}{${S}${labels}}${RATE}))`;
const quantile = (share: number, histogram: string, by = 'le', labels = ''): string =>
  `histogram_quantile(${share}, sum by (${by}) (rate(${histogram}_bucket{${S}${labels}}${RATE})))`;
/** A count of nothing has no series, and an empty tile looks like a broken one. */
const orZero = (expression: string): string => `${expression} or vector(0)`;
const FAILED = ',error_type!=""';

const overview: readonly Panel[] = [
  stat(
    'Servers up',
    'Servers that are meant to run and answer.',
    'short',
    orZero(`sum(mcpctl_server_up{${S}})`),
  ),
  stat(
    'Down',
    'Servers that are meant to run and do not answer.',
    'short',
    orZero(`count(mcpctl_server_up{${S}} == 0)`),
    1,
  ),
  stat(
    'Sign-in needed',
    'Servers that wait for somebody to sign in.',
    'short',
    orZero(`count(mcpctl_server_state{${S},state="needs-auth"})`),
    1,
  ),
  stat('Calls', 'Tool calls of all clients.', 'reqps', orZero(`sum(rate(${CALLS}_count{${S}}${RATE}))`)),
  stat(
    'Errors',
    'Share of calls that failed.',
    'percentunit',
    orZero(`sum(rate(${CALLS}_count{${S}${FAILED}}${RATE})) / (sum(rate(${CALLS}_count{${S}}${RATE})) > 0)`),
    0.05,
  ),
  stat('p95', '95 of 100 calls take less, as clients see them.', 's', quantile(0.95, CALLS), 5),
  stat(
    'Changed tools',
    'Tools that are not what was locked.',
    'short',
    orZero(`sum(mcpctl_server_tools{${S},kind="changed"})`),
    1,
  ),
  stat(
    'Unrecorded calls',
    'Calls that could not be written to the audit log.',
    'short',
    orZero(`sum(increase(mcpctl_audit_write_failures_total${ALL_SHOWN}))`),
    1,
  ),
];

const calls: readonly Panel[] = [
  lines('Calls by server', 'Tool calls of all clients, a second.', 'reqps', [
    [perServer(`${CALLS}_count`), '{{mcpctl_server}}'],
  ]),
  lines(
    'Failures by kind',
    'tool_error is an answer of the tool; numbers are codes of JSON-RPC, the rest codes of mcpctl.',
    'reqps',
    [
      [
        `sum by (mcpctl_server, error_type) (rate(${CALLS}_count{${S}${FAILED}}${RATE}))`,
        '{{mcpctl_server}} {{error_type}}',
      ],
    ],
  ),
  lines('Duration of calls', 'As clients see them: cached and refused calls too.', 's', [
    [quantile(0.5, CALLS), 'p50'],
    [quantile(0.95, CALLS), 'p95'],
    [quantile(0.99, CALLS), 'p99'],
  ]),
  lines(
    'Duration at the server, p95',
    'Each attempt, as the server answers it; the rest of a call is ours.',
    's',
    [[quantile(0.95, ATTEMPTS, 'le, mcpctl_server'), '{{mcpctl_server}}']],
  ),
  {
    kind: 'heatmap',
    title: 'Spread of durations',
    description: 'How many calls took how long.',
    unit: 's',
    width: 12,
    queries: [[`sum by (le) (increase(${CALLS}_bucket{${S}}${RATE}))`, '{{le}}']],
  },
  table(
    'Most used tools',
    'In the time shown.',
    'short',
    `topk(10, sum by (mcpctl_server, gen_ai_tool_name) (increase(${CALLS}_count{${S}}${ALL_SHOWN})))`,
  ),
  table(
    'Slowest tools, p95',
    'In the time shown.',
    's',
    `topk(10, histogram_quantile(0.95, sum by (le, mcpctl_server, gen_ai_tool_name) (increase(${CALLS}_bucket{${S}}${ALL_SHOWN}))))`,
  ),
  table(
    'Failing tools',
    'Failed calls in the time shown.',
    'short',
    `topk(10, sum by (mcpctl_server, gen_ai_tool_name, error_type) (increase(${CALLS}_count{${S}${FAILED}}${ALL_SHOWN})))`,
  ),
];

const servers: readonly Panel[] = [
  {
    kind: 'states',
    title: 'States',
    description: 'The state of each server over time.',
    unit: 'short',
    width: 24,
    queries: [[`mcpctl_server_state{${S}}`, '{{mcpctl_server}} {{state}}']],
  },
  {
    kind: 'states',
    title: 'Trouble',
    description: 'Why servers are not healthy, by error code of mcpctl.',
    unit: 'short',
    width: 24,
    queries: [[`mcpctl_server_trouble{${S}}`, '{{mcpctl_server}} {{code}}']],
  },
  lines('Restarts', 'By reason, in each interval.', 'short', [
    [
      `sum by (mcpctl_server, reason) (increase(mcpctl_server_restarts_total{${S}}${RATE}))`,
      '{{mcpctl_server}} {{reason}}',
    ],
  ]),
  lines('Memory of servers', 'Resident memory of their programs and of all they started.', 'bytes', [
    [`mcpctl_server_rss_bytes{${S}}`, '{{mcpctl_server}}'],
  ]),
  lines('Probes, p95', 'How long servers take to answer the watcher.', 's', [
    [
      quantile(0.95, 'mcpctl_health_probe_duration_seconds', 'le, mcpctl_server', ',result="ok"'),
      '{{mcpctl_server}}',
    ],
  ]),
  lines('Failed probes', 'A second.', 'reqps', [
    [perServer('mcpctl_health_probe_duration_seconds_count', ',result="failed"'), '{{mcpctl_server}}'],
  ]),
  lines('Tools', 'Offered now, locked, and changed since they were locked.', 'short', [
    [`mcpctl_server_tools{${S}}`, '{{mcpctl_server}} {{kind}}'],
  ]),
  lines('Breakers', '0 closed, 1 half open, 2 open: the server is left alone.', 'short', [
    [`mcpctl_breaker_state{${S}}`, '{{mcpctl_server}}'],
  ]),
  lines(
    'Conversations with servers, p50',
    'How long those lasted that ended; many short ones cost starts.',
    's',
    [[quantile(0.5, 'mcp_client_session_duration_seconds', 'le, mcpctl_server'), '{{mcpctl_server}}']],
  ),
  lines('Sessions of HTTP clients, p50', 'How long those lasted that ended.', 's', [
    [`histogram_quantile(0.5, sum by (le) (rate(mcp_server_session_duration_seconds_bucket${RATE})))`, 'p50'],
  ]),
];

const relief: readonly Panel[] = [
  lines('Cache', 'Requests it was looked up for, by result, a second.', 'reqps', [
    [`sum by (result) (rate(mcpctl_cache_requests_total{${S}}${RATE}))`, '{{result}}'],
  ]),
  lines('Cache hits', 'Share of answers that came from the cache.', 'percentunit', [
    [
      `${perServer('mcpctl_cache_requests_total', ',result=~"hit|stale"')} / ${perServer('mcpctl_cache_requests_total', ',result!="bypass"')}`,
      '{{mcpctl_server}}',
    ],
  ]),
  lines('Refused by limits', 'Calls, a second.', 'reqps', [
    [perServer('mcpctl_rate_limited_total'), '{{mcpctl_server}}'],
  ]),
  lines('Retries', 'Further attempts, a second.', 'reqps', [
    [perServer('mcpctl_retries_total'), '{{mcpctl_server}}'],
  ]),
  lines('Shared store away', 'Times local state stood in for Redis.', 'short', [
    [`sum(increase(mcpctl_store_failures_total${RATE}))`, 'failures'],
  ]),
];

const signIns: readonly Panel[] = [
  lines('Renewals of sign-ins', 'In each interval, by result.', 'short', [
    [
      `sum by (mcpctl_server, result) (increase(mcpctl_token_refreshes_total{${S}}${RATE}))`,
      '{{mcpctl_server}} {{result}}',
    ],
  ]),
  lines('Time left of access tokens', 'Renewed before it is over; one that falls below zero was not.', 's', [
    [`mcpctl_token_expires_timestamp_seconds{${S}} - time()`, '{{mcpctl_server}}'],
  ]),
  lines('Audit log', 'Calls written and not written, a second.', 'reqps', [
    [`sum(rate(mcpctl_audit_rows_total${RATE}))`, 'written'],
    [`sum(rate(mcpctl_audit_write_failures_total${RATE}))`, 'not written'],
  ]),
];

const processes: readonly Panel[] = [
  lines('Processes', 'Of mcpctl, by kind.', 'short', [['mcpctl_processes', '{{kind}}']]),
  lines('Memory of mcpctl', 'Resident memory of its processes, by kind.', 'bytes', [
    ['mcpctl_process_rss_bytes', '{{kind}}'],
  ]),
  lines('Oldest process', 'How long it has been running, by kind.', 's', [
    ['time() - mcpctl_process_start_time_seconds', '{{kind}}'],
  ]),
  table('Versions', 'Versions of mcpctl that run.', 'short', 'mcpctl_build_info'),
  lines('Lost telemetry', 'What did not reach the collector of OTLP, by signal.', 'short', [
    [`sum by (signal) (increase(mcpctl_telemetry_lost_total${RATE}))`, '{{signal}}'],
  ]),
];

/** The dashboard: what is shown, and what it is asked for. A test asks every one of these at a real Prometheus. */
export const ROWS: readonly Row[] = [
  { title: 'Overview', panels: overview },
  { title: 'Calls', panels: calls },
  { title: 'Servers', panels: servers },
  { title: 'Cache and limits', panels: relief },
  { title: 'Sign-ins and audit log', panels: signIns },
  { title: 'Processes of mcpctl', panels: processes },
];

function stat(
  title: string,
  description: string,
  unit: Panel['unit'],
  expression: string,
  badFrom?: number,
): Panel {
  return {
    kind: 'stat',
    title,
    description,
    unit,
    width: 3,
    queries: [[expression, '']],
    ...(badFrom !== undefined && { badFrom }),
  };
}

function lines(title: string, description: string, unit: Panel['unit'], queries: Panel['queries']): Panel {
  return { kind: 'lines', title, description, unit, width: 12, queries };
}

function table(title: string, description: string, unit: Panel['unit'], expression: string): Panel {
  return { kind: 'table', title, description, unit, width: 12, queries: [[expression, '']] };
}
