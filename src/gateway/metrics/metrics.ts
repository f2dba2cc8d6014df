/** Upper bounds of durations in seconds, as the conventions of OpenTelemetry for MCP have them. */
export const BOUNDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] as const;

export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** How values of several processes become one; counters and histograms add up. */
  readonly merge?: 'min' | 'max' | 'sum';
}

/** Of calls; the only one with durations. */
export const CALLS = 'mcp_server_operation_duration_seconds';

/** Every metric there is, by name. No label holds a user, an argument or an address. */
export const METRICS = {
  [CALLS]: {
    type: 'histogram',
    help: 'Duration of tool calls as the client sees them, in seconds.',
    labels: ['mcp_method_name', 'gen_ai_tool_name', 'error_type', 'mcpctl_server'],
  },
  mcpctl_server_up: {
    type: 'gauge',
    help: 'Whether a server that is meant to run answers: 1 or 0. Absent while nobody needs it.',
    labels: ['mcpctl_server'],
    merge: 'min',
  },
  mcpctl_server_restarts_total: {
    type: 'counter',
    help: 'Restarts of a server, by reason: exit, hang or asked.',
    labels: ['mcpctl_server', 'reason'],
  },
  mcpctl_cache_requests_total: {
    type: 'counter',
    help: 'Requests the cache was looked up for, by result: hit, miss, stale or bypass.',
    labels: ['mcpctl_server', 'result'],
  },
  mcpctl_rate_limited_total: {
    type: 'counter',
    help: 'Calls refused by a limit.',
    labels: ['mcpctl_server'],
  },
  mcpctl_retries_total: {
    type: 'counter',
    help: 'Further attempts at calls that failed.',
    labels: ['mcpctl_server'],
  },
  mcpctl_breaker_state: {
    type: 'gauge',
    help: 'Circuit breaker of a server: 0 closed, 1 half open, 2 open.',
    labels: ['mcpctl_server'],
    merge: 'max',
  },
  mcpctl_store_failures_total: {
    type: 'counter',
    help: 'Times the shared store did not answer and local state stood in.',
    labels: [],
  },
  mcpctl_processes: {
    type: 'gauge',
    help: 'Processes of mcpctl whose numbers are in here, by kind: run or gateway.',
    labels: ['kind'],
    merge: 'sum',
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
