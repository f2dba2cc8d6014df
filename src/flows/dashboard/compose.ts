import type { JsonObject } from '../../core/json.ts';

/** Images with the versions this was written for; `docker compose` would otherwise take whatever is newest. */
const IMAGES = {
  prometheus: 'prom/prometheus:v3.5.0',
  alertmanager: 'prom/alertmanager:v0.28.1',
  grafana: 'grafana/grafana:12.1.0',
} as const;

/** Where each of them listens: on this machine alone. */
export const PORTS = { prometheus: 9090, alertmanager: 9093, grafana: 3000 } as const;

/** Secrets of the compose file, by name: files of the same name in `secrets/`. */
export const SECRETS = ['mcpctl-token', 'slack-url', 'pagerduty-key', 'grafana-admin'] as const;

export function secretPath(name: (typeof SECRETS)[number]): string {
  return `/run/secrets/${name}`;
}

/**
 * Prometheus, Alertmanager and Grafana around an mcpctl on the same machine. They share its network, since it answers
 * nobody but this machine, and listen on its loopback themselves. `user` owns their data and may read the secrets.
 */
export function composeFile(user: string | undefined): JsonObject {
  const shared = {
    network_mode: 'host',
    restart: 'unless-stopped',
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    ...(user !== undefined && { user }),
  };
  return {
    name: 'mcpctl-monitoring',
    services: {
      prometheus: {
        image: IMAGES.prometheus,
        ...shared,
        command: [
          '--config.file=/etc/prometheus/prometheus.yaml',
          '--storage.tsdb.path=/prometheus',
          '--storage.tsdb.retention.time=30d',
          `--web.listen-address=127.0.0.1:${PORTS.prometheus}`,
        ],
        volumes: ['./prometheus:/etc/prometheus:ro', './data/prometheus:/prometheus'],
        // Beside the configuration, so that a Prometheus of your own finds it at the same place.
        secrets: [{ source: 'mcpctl-token', target: '/etc/secrets/mcpctl-token' }],
      },
      alertmanager: {
        image: IMAGES.alertmanager,
        ...shared,
        command: [
          '--config.file=/etc/alertmanager/alertmanager.yaml',
          '--storage.path=/alertmanager',
          '--cluster.listen-address=',
          `--web.listen-address=127.0.0.1:${PORTS.alertmanager}`,
        ],
        volumes: ['./alertmanager:/etc/alertmanager:ro', './data/alertmanager:/alertmanager'],
        secrets: ['slack-url', 'pagerduty-key'],
      },
      grafana: {
        image: IMAGES.grafana,
        ...shared,
        tmpfs: ['/tmp'],
        environment: {
          GF_SERVER_HTTP_ADDR: '127.0.0.1',
          GF_SERVER_HTTP_PORT: String(PORTS.grafana),
          GF_SECURITY_ADMIN_PASSWORD__FILE: secretPath('grafana-admin'),
          GF_ANALYTICS_REPORTING_ENABLED: 'false',
          GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
          GF_USERS_ALLOW_SIGN_UP: 'false',
        },
        volumes: [
          './grafana/provisioning:/etc/grafana/provisioning:ro',
          './grafana/dashboards:/etc/grafana/dashboards:ro',
          './data/grafana:/var/lib/grafana',
        ],
        secrets: ['grafana-admin'],
        depends_on: ['prometheus'],
      },
    },
    secrets: Object.fromEntries(SECRETS.map((name) => [name, { file: `./secrets/${name}` }])),
  };
}

export function grafanaDatasource(): JsonObject {
  return {
    apiVersion: 1,
    datasources: [
      {
        name: 'Prometheus',
        uid: 'mcpctl-prometheus',
        type: 'prometheus',
        access: 'proxy',
        url: `http://127.0.0.1:${PORTS.prometheus}`,
        isDefault: true,
        jsonData: { timeInterval: '15s' },
      },
    ],
  };
}

export function grafanaProvider(): JsonObject {
  const options = { path: '/etc/grafana/dashboards' };
  return { apiVersion: 1, providers: [{ name: 'mcpctl', type: 'file', allowUiUpdates: true, options }] };
}
