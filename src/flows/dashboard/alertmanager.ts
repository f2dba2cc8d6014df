import type { JsonObject } from '../../core/json.ts';

export interface ReceiverFiles {
  /** Holds the URL of a Slack webhook. */
  readonly slackUrl: string;
  /** Holds the key of an Events API v2 integration of PagerDuty. */
  readonly pagerdutyKey: string;
}

const TEXT = '{{ range .Alerts }}{{ .Annotations.summary }}. {{ .Annotations.description }}\n{{ end }}';

/** Critical alerts wake somebody, warnings are read, the rest is kept. Keys are in files only. */
export function alertmanagerConfig({ slackUrl, pagerdutyKey }: ReceiverFiles): JsonObject {
  const slack = {
    api_url_file: slackUrl,
    send_resolved: true,
    title: '[{{ .Status }}] {{ .CommonLabels.alertname }} {{ .CommonLabels.mcpctl_server }}',
    text: TEXT,
  };
  const pagerduty = {
    routing_key_file: pagerdutyKey,
    send_resolved: true,
    severity: '{{ .CommonLabels.severity }}',
    description: '{{ .CommonAnnotations.summary }}',
  };
  return {
    route: {
      receiver: 'kept',
      group_by: ['alertname', 'mcpctl_server'],
      group_wait: '10s',
      group_interval: '1m',
      repeat_interval: '4h',
      routes: [
        { matchers: ['severity="critical"'], receiver: 'wake', repeat_interval: '1h' },
        { matchers: ['severity="warning"'], receiver: 'read' },
      ],
    },
    inhibit_rules: [
      {
        // A server that is down fails, is slow and answers no probe as well.
        source_matchers: ['alertname=~"server-down|restart-loop"'],
        target_matchers: ['alertname=~"error-ratio|latency|probe-stale|cache-misses"'],
        equal: ['mcpctl_server'],
      },
    ],
    receivers: [
      { name: 'kept' },
      { name: 'read', slack_configs: [slack] },
      { name: 'wake', slack_configs: [slack], pagerduty_configs: [pagerduty] },
    ],
  };
}
