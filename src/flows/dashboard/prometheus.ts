import type { JsonObject } from '../../core/json.ts';
import { CALLS } from '../../gateway/metrics/metrics.ts';
import type { Settings } from '../../settings/settings.ts';
import { ruleLimits } from '../../watch/alerts/rule.ts';
import { RULES, tellOf } from '../../watch/alerts/rules.ts';

export interface ScrapeOptions {
  /** `host:port` of what is scraped. */
  readonly target: string;
  /** Where Prometheus finds the rules and the token. */
  readonly rules: string;
  readonly tokenFile: string;
  /** `host:port` of Alertmanager. */
  readonly alertmanager: string;
}

export function prometheusConfig({ target, rules, tokenFile, alertmanager }: ScrapeOptions): JsonObject {
  return {
    global: { scrape_interval: '15s', evaluation_interval: '15s' },
    rule_files: [rules],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [
      {
        job_name: 'mcpctl',
        authorization: { credentials_file: tokenFile },
        static_configs: [{ targets: [target] }],
      },
    ],
  };
}

const sum = (counter: string, by: string, filter = ''): string =>
  `sum by (${by}) (rate(${counter}${filter}[5m]))`;
const hits = 'mcpctl_cache_requests_total';

/** What other dashboards and rules may want without adding up histograms each time. */
export function recordingRules(): JsonObject {
  const rule = (record: string, expr: string): JsonObject => ({ record, expr });
  const quantile = (share: string): JsonObject =>
    rule(
      `mcpctl_server:call_duration_seconds:p${share.slice(2)}_5m`,
      `histogram_quantile(${share}, ${sum(`${CALLS}_bucket`, 'le, mcpctl_server')})`,
    );
  return {
    groups: [
      {
        name: 'mcpctl-recording',
        rules: [
          rule('mcpctl_server:calls:rate5m', sum(`${CALLS}_count`, 'mcpctl_server')),
          rule('mcpctl_server_tool:calls:rate5m', sum(`${CALLS}_count`, 'mcpctl_server, gen_ai_tool_name')),
          rule(
            'mcpctl_server:call_errors:ratio_rate5m',
            `${sum(`${CALLS}_count`, 'mcpctl_server', '{error_type!=""}')} / ${sum(`${CALLS}_count`, 'mcpctl_server')}`,
          ),
          quantile('0.50'),
          quantile('0.95'),
          quantile('0.99'),
          rule(
            'mcpctl_server:cache_hits:ratio_rate5m',
            `${sum(hits, 'mcpctl_server', '{result=~"hit|stale"}')} / ${sum(hits, 'mcpctl_server', '{result!="bypass"}')}`,
          ),
        ],
      },
    ],
  };
}

/** The alerts of `watch` for Prometheus, by the same names and with the limits of the settings. */
export function alertingRules(settings: Pick<Settings, 'alerts' | 'watch'>): JsonObject {
  const { rules: changes } = settings.alerts;
  const limits = ruleLimits(settings);
  const rules = RULES.flatMap((rule): JsonObject[] => {
    const { enabled = rule.isOn, severity = rule.severity, forMs } = changes[rule.name] ?? {};
    if (!enabled || !rule.promql) return [];
    const seconds = forMs === undefined ? rule.forSeconds : Math.ceil(forMs / 1000);
    const named = rule.subject === 'server' ? '{{ $labels.mcpctl_server }}' : '';
    return [
      {
        alert: rule.name,
        expr: rule.promql(limits),
        ...(seconds > 0 && { for: `${seconds}s` }),
        labels: { severity, job: 'mcpctl' },
        annotations: { summary: tellOf(rule.summary, named), description: tellOf(rule.runbook, named) },
      },
    ];
  });
  return { groups: [{ name: 'mcpctl-alerts', rules: [...rules, notScraped()] }] };
}

/** Of Prometheus alone: whoever watches by themselves knows that they watch. */
function notScraped(): JsonObject {
  return {
    alert: 'mcpctl-not-scraped',
    expr: 'up{job="mcpctl"} == 0 or absent(up{job="mcpctl"})',
    for: '120s',
    labels: { severity: 'critical', job: 'mcpctl' },
    annotations: {
      summary: 'Prometheus gets no numbers from mcpctl',
      description: 'See whether it runs, and whether the token is still good: mcpctl gateway token --list.',
    },
  };
}
