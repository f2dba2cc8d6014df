import type { JsonObject } from '../../core/json.ts';
import { printYaml } from '../../documents/yaml-print.ts';
import type { Settings } from '../../settings/settings.ts';
import { alertmanagerConfig } from './alertmanager.ts';
import { composeFile, grafanaDatasource, grafanaProvider, PORTS, secretPath } from './compose.ts';
import { grafanaDashboard } from './grafana.ts';
import { ROWS } from './panels.ts';
import { alertingRules, prometheusConfig, recordingRules } from './prometheus.ts';

export interface FilesOptions {
  /** `host:port` that Prometheus asks. */
  readonly target: string;
  /** Limits are in them. */
  readonly settings: Pick<Settings, 'alerts' | 'watch'>;
  /** `uid:gid` that owns the data of the containers; undefined where the system has none. */
  readonly user: string | undefined;
  readonly version: string;
}

export interface ExportedFile {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every file of a monitoring of its own, none of which holds a secret. */
export function monitoringFiles({ target, settings, user, version }: FilesOptions): ExportedFile[] {
  const made = `Made by mcpctl ${version}: mcpctl dashboard export.`;
  const yaml = (path: string, value: JsonObject, comment: string): ExportedFile => ({
    path,
    text: printYaml(value, `${made}\n${comment}`),
  });
  return [
    yaml(
      'compose.yaml',
      composeFile(user),
      'docker compose up -d starts it; secrets/ needs its files first.',
    ),
    yaml(
      'prometheus/prometheus.yaml',
      prometheusConfig({
        target,
        rules: 'rules/*.yaml',
        tokenFile: '../secrets/mcpctl-token',
        alertmanager: `127.0.0.1:${PORTS.alertmanager}`,
      }),
      'The token is one of: mcpctl gateway token',
    ),
    yaml('prometheus/rules/mcpctl-recording.yaml', recordingRules(), 'For other rules and dashboards.'),
    yaml(
      'prometheus/rules/mcpctl-alerts.yaml',
      alertingRules(settings),
      'Names and limits are those of mcpctl watch; limits come from your settings (alerts.limits, watch).',
    ),
    yaml(
      'alertmanager/alertmanager.yaml',
      alertmanagerConfig({ slackUrl: secretPath('slack-url'), pagerdutyKey: secretPath('pagerduty-key') }),
      'Critical alerts go to PagerDuty and Slack, warnings to Slack; the keys are files.',
    ),
    yaml('grafana/provisioning/datasources/prometheus.yaml', grafanaDatasource(), 'Where Grafana asks.'),
    yaml('grafana/provisioning/dashboards/mcpctl.yaml', grafanaProvider(), 'Where Grafana finds dashboards.'),
    {
      path: 'grafana/dashboards/mcpctl.json',
      text: `${JSON.stringify(grafanaDashboard(ROWS), null, 2)}\n`,
    },
    { path: 'secrets/.gitignore', text: '*\n!.gitignore\n' },
    // Made here, so that they belong to whom the containers run as.
    ...Object.keys(PORTS).map((name) => ({ path: `data/${name}/.gitignore`, text: '*\n' })),
  ];
}
