import { DEFAULT_SETTINGS } from '../../../src/settings/settings.ts';
import { type AlertRule, ruleLimits } from '../../../src/watch/alerts/rule.ts';
import { RULES, tellOf } from '../../../src/watch/alerts/rules.ts';
import { code, markdownTable, page } from './markdown.ts';

/** docs/reference/alerts.md: every rule, here and for Prometheus. */
export function alertsPage(): string {
  return page('Alerts', 'src/watch/alerts/rules.ts', [
    'What `mcpctl watch` raises alerts by, and what `mcpctl dashboard export` writes for Prometheus: the same names, the same limits. [The guide](../guides/alerts.md) tells how to be told.',
    markdownTable(
      ['rule', 'severity', 'about', 'for', 'what is the matter', 'what to do'],
      RULES.map(({ name, severity, subject, forSeconds, isOn, summary, runbook }) => [
        code(name),
        isOn ? severity : `${severity}, off`,
        ABOUT[subject],
        forSeconds === 0 ? 'at once' : `${forSeconds} s`,
        tellOf(summary, '…'),
        tellOf(runbook, '\\<name>'),
      ]),
    ),
    'Limits are settings: `mcpctl config set alerts.limits.<limit> <value>`. Those of memory are `watch.serverMemoryBytes` and `watch.totalMemoryBytes`.',
    markdownTable(
      ['limit', 'usually'],
      Object.entries(DEFAULT_SETTINGS.alerts.limits).map(([name, value]) => [code(name), String(value)]),
    ),
    'What each rule asks Prometheus, with these limits:',
    markdownTable(
      ['rule', 'expression'],
      RULES.map((rule) => [code(rule.name), expressionOf(rule)]),
    ),
  ]);
}

const ABOUT = { server: 'each server', secret: 'each key or sign-in', machine: 'all together' } as const;

function expressionOf({ promql }: AlertRule): string {
  return promql ? code(promql(ruleLimits(DEFAULT_SETTINGS))) : 'only the watcher knows';
}
