import type { CommandLine } from './command-line.ts';

/** Commands that show how servers are and what was done with them. */
export const WATCH_COMMANDS: readonly CommandLine[] = [
  {
    name: 'watch',
    group: 'watch',
    summary: 'Watch every server, and restart those that hang',
    load: () => import('../commands/watch.ts'),
  },
  {
    name: 'status',
    group: 'watch',
    summary: 'Show how every server is',
    load: () => import('../commands/status.ts'),
  },
  {
    name: 'metrics',
    group: 'watch',
    summary: 'Show what was called, how long it took, what failed and what nobody calls',
    load: () => import('../commands/metrics.ts'),
  },
  {
    name: 'usage',
    group: 'watch',
    summary: 'Show who used which servers and tools, week by week',
    load: () => import('../commands/usage.ts'),
  },
  {
    name: 'dashboard export',
    group: 'watch',
    summary: 'Write a Grafana dashboard, and what Prometheus and Alertmanager need with it',
    load: () => import('../commands/dashboard/export.ts'),
  },
  {
    name: 'cache stats',
    group: 'watch',
    summary: 'Show how much is kept of results, and how often it served',
    load: () => import('../commands/cache/stats.ts'),
  },
  {
    name: 'cache clear',
    group: 'watch',
    summary: 'Forget results that are kept',
    load: () => import('../commands/cache/clear.ts'),
  },
  {
    name: 'logs',
    group: 'watch',
    summary: 'Show what servers and gateways wrote, and follow it',
    load: () => import('../commands/logs.ts'),
  },
  {
    name: 'restart',
    group: 'watch',
    summary: 'Restart a server in every client and gateway that runs it',
    load: () => import('../commands/restart.ts'),
  },
  {
    name: 'alerts list',
    group: 'watch',
    summary: 'Show alerts that fire, are about to, or were resolved, and who is told',
    load: () => import('../commands/alerts/list.ts'),
  },
  {
    name: 'alerts test',
    group: 'watch',
    summary: 'Send an alert and its end to those the settings name',
    load: () => import('../commands/alerts/test.ts'),
  },
  {
    name: 'alerts mute',
    group: 'watch',
    summary: 'Tell nobody of a server or a rule for a while',
    load: () => import('../commands/alerts/mute.ts'),
  },
  {
    name: 'alerts unmute',
    group: 'watch',
    summary: 'Tell of a server or a rule again',
    load: () => import('../commands/alerts/unmute.ts'),
  },
  {
    name: 'audit query',
    group: 'watch',
    summary: 'Show recorded tool calls',
    load: () => import('../commands/audit/query.ts'),
  },
  {
    name: 'audit verify',
    group: 'watch',
    summary: 'Check that nobody changed the audit log',
    load: () => import('../commands/audit/verify.ts'),
  },
  {
    name: 'audit export',
    group: 'watch',
    summary: 'Hand the audit log to another system',
    load: () => import('../commands/audit/export.ts'),
  },
  {
    name: 'audit forget',
    group: 'watch',
    summary: 'Make what the audit log holds of a person unreadable',
    load: () => import('../commands/audit/forget.ts'),
  },
  {
    name: 'audit prune',
    group: 'watch',
    summary: 'Remove old days of the audit log',
    load: () => import('../commands/audit/prune.ts'),
  },
  {
    name: 'audit hold',
    group: 'watch',
    summary: 'Keep the audit log as it is for a legal hold',
    load: () => import('../commands/audit/hold.ts'),
  },
];
