/** Every alert there is, by the name it has here, in Prometheus and on the command line. */
export const ALERT_RULES = [
  'server-down',
  'restart-loop',
  'needs-sign-in',
  'sign-in-failures',
  'tool-drift',
  'error-ratio',
  'latency',
  'check-failed',
  'rate-limited',
  'secret-due',
  'audit-failure',
  'memory',
  'memory-total',
  'probe-stale',
  'cache-misses',
] as const;

export type AlertRuleName = (typeof ALERT_RULES)[number];

export const SEVERITIES = ['critical', 'warning', 'info'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** When alerts are raised and who is told. Only the user's own file decides: a channel may run a program. */
export interface AlertSettings {
  readonly enabled: boolean;
  /** What is not as the rule has it, by rule. */
  readonly rules: Readonly<Partial<Record<AlertRuleName, RuleSettings>>>;
  readonly limits: AlertLimits;
  /** Day (`2027-01-31`) on which a key expires or has to be replaced, by the name of its secret. */
  readonly due: Readonly<Record<string, string>>;
  readonly channels: Readonly<Record<string, ChannelSettings>>;
  readonly quietHours?: QuietHours;
  /** Part of the key of an alert where several machines tell one account. */
  readonly tenant?: string;
}

export interface RuleSettings {
  readonly enabled?: boolean;
  readonly severity?: Severity;
  /** How long it has to be true, in milliseconds. */
  readonly forMs?: number;
}

/** What is too much, or too little. Ratios are from 0 to 1. */
export interface AlertLimits {
  /** Restarts of a server in ten minutes. */
  readonly restarts: number;
  /** Share of sign-ins and renewals that fail, in 15 minutes. */
  readonly signInFailureRatio: number;
  /** Share of calls that fail, in five minutes. */
  readonly errorRatio: number;
  /** So many calls in five minutes make their share of errors and their duration count. */
  readonly minimumCalls: number;
  /** Duration that 95 of 100 calls stay under, in five minutes. */
  readonly p95Ms: number;
  readonly rateLimitedPerMinute: number;
  readonly secretDueDays: number;
  /** How much later than meant a probe may be. */
  readonly probeStaleMs: number;
  /** Share of answers from the cache that is too small below. */
  readonly cacheHitRatio: number;
}

/** From and to as `22:00`, in local time unless a zone is named; the night may lie between. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
  /** As in `Europe/Berlin`. */
  readonly timeZone?: string;
}

interface AnyChannel {
  /** Alerts of less are not told here; `info` when absent. */
  readonly atLeast?: Severity;
}

/** Where alerts go. Addresses and keys are references (`${keychain:NAME}`, `${NAME}`), never values. */
export type ChannelSettings = AnyChannel &
  (
    | { readonly type: 'slack'; readonly url: string }
    | { readonly type: 'pagerduty'; readonly routingKey: string; readonly region?: 'us' | 'eu' }
    | { readonly type: 'webhook'; readonly url: string; readonly secret?: string }
    | { readonly type: 'desktop' }
    | { readonly type: 'command'; readonly command: readonly string[] }
  );

export const DEFAULT_ALERT_SETTINGS: AlertSettings = {
  enabled: true,
  rules: {},
  limits: {
    restarts: 3,
    signInFailureRatio: 0.1,
    errorRatio: 0.05,
    minimumCalls: 5,
    p95Ms: 5000,
    rateLimitedPerMinute: 1,
    secretDueDays: 7,
    probeStaleMs: 120_000,
    cacheHitRatio: 0.8,
  },
  due: {},
  channels: {},
};
