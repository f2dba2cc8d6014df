/** Upper bounds of durations in seconds, as the conventions of OpenTelemetry for MCP have them. */
export const BOUNDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] as const;

export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** How values of several processes become one; counters and histograms add up. */
  readonly merge?: 'min' | 'max' | 'sum';
  /** Shown as 0 for each server before it first happens, so that the first time is seen as an increase. */
  readonly zeros?: readonly string[];
}

const CALL_LABELS = ['mcp_method_name', 'gen_ai_tool_name', 'error_type', 'mcpctl_server'] as const;
const SERVER = ['mcpctl_server'] as const;

/** Every metric there is, by name. No label holds a user, an argument or an address. */
export const METRICS = {
  mcp_server_operation_duration_seconds: {
    type: 'histogram',
    help: 'Duration of tool calls as the client sees them, in seconds.',
    labels: CALL_LABELS,
  },
  mcp_client_operation_duration_seconds: {
    type: 'histogram',
    help: 'Duration of each attempt of a tool call at its server, in seconds; cached and refused calls make none.',
    labels: CALL_LABELS,
  },
  mcp_server_session_duration_seconds: {
    type: 'histogram',
    help: 'Duration of sessions of HTTP clients with the gateway that have ended, in seconds.',
    labels: [],
  },
  mcp_client_session_duration_seconds: {
    type: 'histogram',
    help: 'Duration of conversations of the gateway with a server that have ended, in seconds.',
    labels: SERVER,
  },
  mcpctl_server_up: {
    type: 'gauge',
    help: 'Whether a server that is meant to run is there for its callers: 1 or 0. Absent while nobody needs it.',
    labels: SERVER,
    merge: 'min',
  },
  mcpctl_server_state: {
    type: 'gauge',
    help: 'Is 1 for the state a server is in: healthy, degraded, starting, dormant, needs-auth, failed or stopped.',
    labels: ['mcpctl_server', 'state'],
    merge: 'max',
  },
  mcpctl_server_trouble: {
    type: 'gauge',
    help: 'Is 1 for why a server is not healthy, by error code of mcpctl, e.g. SERVER_SLOW.',
    labels: ['mcpctl_server', 'code'],
    merge: 'max',
  },
  mcpctl_server_restarts_total: {
    type: 'counter',
    help: 'Restarts of a server, by reason: exit, hang or asked.',
    labels: ['mcpctl_server', 'reason'],
    zeros: ['exit', 'hang', 'asked'],
  },
  mcpctl_server_rss_bytes: {
    type: 'gauge',
    help: 'Resident memory of the programs of a server and of their children, in bytes.',
    labels: SERVER,
    merge: 'sum',
  },
  mcpctl_server_tools: {
    type: 'gauge',
    help: 'Tools of a server, by kind: offered now, locked, or changed since they were locked.',
    labels: ['mcpctl_server', 'kind'],
    merge: 'max',
  },
  mcpctl_health_probe_duration_seconds: {
    type: 'histogram',
    help: 'Duration of the probes of mcpctl watch, in seconds, by result: ok or failed.',
    labels: ['mcpctl_server', 'result'],
  },
  mcpctl_cache_requests_total: {
    type: 'counter',
    help: 'Requests the cache was looked up for, by result: hit, miss, stale or bypass.',
    labels: ['mcpctl_server', 'result'],
    zeros: ['hit', 'miss', 'stale', 'bypass'],
  },
  mcpctl_rate_limited_total: {
    type: 'counter',
    help: 'Calls refused by a limit.',
    labels: SERVER,
    zeros: [''],
  },
  mcpctl_retries_total: {
    type: 'counter',
    help: 'Further attempts at calls that failed.',
    labels: SERVER,
    zeros: [''],
  },
  mcpctl_breaker_state: {
    type: 'gauge',
    help: 'Circuit breaker of a server: 0 closed, 1 half open, 2 open.',
    labels: SERVER,
    merge: 'max',
    zeros: [''],
  },
  mcpctl_audit_rows_total: {
    type: 'counter',
    help: 'Calls written to the audit log.',
    labels: [],
  },
  mcpctl_audit_write_failures_total: {
    type: 'counter',
    help: 'Calls that could not be written to the audit log.',
    labels: [],
  },
  mcpctl_store_failures_total: {
    type: 'counter',
    help: 'Times the shared store did not answer and local state stood in.',
    labels: [],
  },
  mcpctl_telemetry_lost_total: {
    type: 'counter',
    help: 'Spans, log records and sets of numbers that did not reach their collector, by signal.',
    labels: ['signal'],
  },
  mcpctl_token_refreshes_total: {
    type: 'counter',
    help: 'Renewals of sign-ins, by result: ok or failed.',
    labels: ['mcpctl_server', 'result'],
  },
  mcpctl_token_expires_timestamp_seconds: {
    type: 'gauge',
    help: 'When the access token in use for a server ends, in seconds since 1970; renewed ones end later each time.',
    labels: SERVER,
    merge: 'max',
  },
  mcpctl_processes: {
    type: 'gauge',
    help: 'Processes of mcpctl whose numbers are in here, by kind: run, gateway or watch.',
    labels: ['kind'],
    merge: 'sum',
  },
  mcpctl_process_rss_bytes: {
    type: 'gauge',
    help: 'Resident memory of these processes themselves, in bytes.',
    labels: ['kind'],
    merge: 'sum',
  },
  mcpctl_process_start_time_seconds: {
    type: 'gauge',
    help: 'When the oldest of these processes started, in seconds since 1970.',
    labels: ['kind'],
    merge: 'min',
  },
  mcpctl_build_info: {
    type: 'gauge',
    help: 'Is 1 for each version of mcpctl that runs.',
    labels: ['version'],
    merge: 'max',
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

/** Those with durations. */
export type HistogramName = {
  [N in MetricName]: (typeof METRICS)[N]['type'] extends 'histogram' ? N : never;
}[MetricName];

/** Of calls as clients see them. */
export const CALLS = 'mcp_server_operation_duration_seconds';
/** Of attempts as servers answer them. */
export const ATTEMPTS = 'mcp_client_operation_duration_seconds';
