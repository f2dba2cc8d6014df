import type { ErrorCode } from '../../core/error-codes.ts';
import { cannotRecord, isDue, signInsFail, usesMuch } from './judge-machine.ts';
import {
  fails,
  failsItsCheck,
  hasDrifted,
  isGone,
  isLarge,
  isLimited,
  isLooping,
  isSlow,
  isStale,
  missesCache,
  needsSignIn,
} from './judge-servers.ts';
import type { AlertRule, RuleLimits } from './rule.ts';

/** Programs nobody runs are probed this seldom, unless the settings say otherwise. */
const PROBE_SECONDS = 600;
const CALLS = 'mcp_server_operation_duration_seconds';

/** Sum over five minutes, for each server; `filter` chooses among the series of a counter. */
const rate = (counter: string, filter = ''): string =>
  `sum by (mcpctl_server) (rate(${counter}${filter}[5m]))`;
/** Servers that are in trouble of that kind. */
const inTrouble = (code: ErrorCode): string =>
  `max by (mcpctl_server) (mcpctl_server_trouble{code="${code}"}) == 1`;
const isBusy = ({ minimumCalls }: RuleLimits): string =>
  `and sum by (mcpctl_server) (increase(${CALLS}_count[5m])) >= ${minimumCalls}`;

/**
 * Every rule, by which `watch` and the gateway raise alerts and which `dashboard export` writes for Prometheus. A
 * limit is where the settings put it (`alerts.limits`; of memory, `watch`).
 */
export const RULES: readonly AlertRule[] = [
  {
    name: 'server-down',
    severity: 'critical',
    subject: 'server',
    forSeconds: 60,
    isOn: true,
    summary: '{subject} is down',
    runbook: 'See why: mcpctl logs {subject}. Start it again: mcpctl restart {subject}.',
    judge: isGone,
    promql: () =>
      'mcpctl_server_up == 0 unless on (mcpctl_server) mcpctl_server_state{state="needs-auth"} == 1',
  },
  {
    name: 'restart-loop',
    severity: 'critical',
    subject: 'server',
    forSeconds: 0,
    isOn: true,
    summary: '{subject} crashes again and again',
    runbook: 'See what it says before it ends: mcpctl logs {subject}.',
    judge: isLooping,
    promql: ({ restarts }) =>
      `sum by (mcpctl_server) (increase(mcpctl_server_restarts_total{reason!="asked"}[10m])) > ${restarts}`,
  },
  {
    name: 'needs-sign-in',
    severity: 'warning',
    subject: 'server',
    forSeconds: 60,
    isOn: true,
    summary: '{subject} needs a sign-in',
    runbook: 'Sign in: mcpctl auth login {subject}.',
    judge: needsSignIn,
    promql: () => 'mcpctl_server_state{state="needs-auth"} == 1',
  },
  {
    name: 'sign-in-failures',
    severity: 'warning',
    subject: 'machine',
    forSeconds: 0,
    isOn: true,
    summary: 'Sign-ins fail',
    runbook: 'See whose: mcpctl auth status. Several servers at once: look at their authorization server.',
    judge: signInsFail,
    promql: ({ signInFailureRatio }) =>
      'sum(increase(mcpctl_token_refreshes_total{result="failed"}[15m])) ' +
      `/ sum(increase(mcpctl_token_refreshes_total[15m])) > ${signInFailureRatio}`,
  },
  {
    name: 'tool-drift',
    severity: 'warning',
    subject: 'server',
    forSeconds: 0,
    isOn: true,
    summary: 'Tools of {subject} are not those that were locked',
    runbook: 'Look at what changed, and accept it or not: mcpctl approve {subject}.',
    judge: hasDrifted,
    promql: () => 'mcpctl_server_tools{kind="changed"} > 0',
  },
  {
    name: 'error-ratio',
    severity: 'critical',
    subject: 'server',
    forSeconds: 120,
    isOn: true,
    summary: 'Calls of {subject} fail',
    runbook: 'See which, and why: mcpctl audit query --server {subject}.',
    judge: fails,
    promql: (limits) =>
      `${rate(`${CALLS}_count`, '{error_type!=""}')} / ${rate(`${CALLS}_count`)} > ${limits.errorRatio} ${isBusy(limits)}`,
  },
  {
    name: 'latency',
    severity: 'warning',
    subject: 'server',
    forSeconds: 120,
    isOn: true,
    summary: '{subject} is slow',
    runbook: 'See which tools: mcpctl metrics.',
    judge: isSlow,
    promql: (limits) =>
      `histogram_quantile(0.95, sum by (le, mcpctl_server) (rate(${CALLS}_bucket[5m]))) > ${limits.p95Ms / 1000} ${isBusy(limits)} ` +
      `or ${inTrouble('SERVER_SLOW')}`,
  },
  {
    name: 'check-failed',
    severity: 'warning',
    subject: 'server',
    forSeconds: 120,
    isOn: true,
    summary: '{subject} answers, but its tools fail',
    runbook: 'Make the call yourself: mcpctl status --deep --server {subject} names it.',
    judge: failsItsCheck,
    promql: () => inTrouble('SERVER_CALL_FAILED'),
  },
  {
    name: 'rate-limited',
    severity: 'warning',
    subject: 'server',
    forSeconds: 120,
    isOn: true,
    summary: 'Calls of {subject} are refused by a limit',
    runbook:
      'Raise limits.servers.{subject} in the settings, or find who calls so often: mcpctl audit query.',
    judge: isLimited,
    promql: ({ rateLimitedPerMinute }) =>
      `${rate('mcpctl_rate_limited_total')} * 60 > ${rateLimitedPerMinute}`,
  },
  {
    name: 'secret-due',
    severity: 'warning',
    subject: 'secret',
    forSeconds: 0,
    isOn: true,
    summary: '{subject} has to be renewed',
    runbook: 'A key: mcpctl secret set {subject}. A sign-in: mcpctl auth login {subject}.',
    judge: isDue,
  },
  {
    name: 'audit-failure',
    severity: 'critical',
    subject: 'machine',
    forSeconds: 0,
    isOn: true,
    summary: 'Calls cannot be recorded in the audit log',
    runbook: 'Look at the disk and the log: df -h; mcpctl audit verify.',
    judge: cannotRecord,
    promql: () => 'sum(increase(mcpctl_audit_write_failures_total[5m])) > 0',
  },
  {
    name: 'memory',
    severity: 'warning',
    subject: 'server',
    forSeconds: 300,
    isOn: true,
    summary: '{subject} uses much memory',
    runbook: 'Start it again: mcpctl restart {subject}.',
    judge: isLarge,
    promql: ({ serverMemoryBytes }) => `mcpctl_server_rss_bytes > ${serverMemoryBytes}`,
  },
  {
    name: 'memory-total',
    severity: 'warning',
    subject: 'machine',
    forSeconds: 300,
    isOn: true,
    summary: 'The servers together use much memory',
    runbook: 'See which: mcpctl status. Clients that each start their own can share: mcpctl gateway --http.',
    judge: usesMuch,
    promql: ({ totalMemoryBytes }) => `sum(mcpctl_server_rss_bytes) > ${totalMemoryBytes}`,
  },
  {
    name: 'probe-stale',
    severity: 'warning',
    subject: 'server',
    forSeconds: 60,
    isOn: true,
    summary: 'Nobody knows how {subject} is',
    runbook: 'See whether the watcher works: mcpctl status.',
    judge: isStale,
    promql: ({ probeStaleMs }) => {
      const grew = (counter: string): string =>
        `sum by (mcpctl_server) (increase(${counter}[${PROBE_SECONDS + Math.ceil(probeStaleMs / 1000)}s]))`;
      // A call that was answered stands in for a probe.
      return (
        `${grew('mcpctl_health_probe_duration_seconds_count')} == 0 ` +
        `unless on (mcpctl_server) ${grew(`${CALLS}_count`)} > 0 and on (mcpctl_server) mcpctl_server_up == 1`
      );
    },
  },
  {
    name: 'cache-misses',
    severity: 'info',
    subject: 'server',
    forSeconds: 900,
    isOn: false,
    summary: 'The cache seldom helps {subject}',
    runbook: 'See what is asked: mcpctl cache stats --server {subject}.',
    judge: missesCache,
    promql: (limits) =>
      `${rate('mcpctl_cache_requests_total', '{result=~"hit|stale"}')} ` +
      `/ ${rate('mcpctl_cache_requests_total', '{result!="bypass"}')} < ${limits.cacheHitRatio} ${isBusy(limits)}`,
  },
];

/** A text of a rule with who or what it is about; `named` is what stands for it. */
export function tellOf(text: string, named: string): string {
  return text.replaceAll('{subject}', named);
}
