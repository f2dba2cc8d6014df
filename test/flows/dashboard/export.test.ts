import { execFileSync } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROWS } from '../../../src/flows/dashboard/panels.ts';
import { METRICS } from '../../../src/gateway/metrics/metrics.ts';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { writeSettings } from '../../support/gateway.ts';

async function exported(): Promise<Home & { folder: string }> {
  const home = await emptyHome();
  const { status, stderr } = await mcpctl(['dashboard', 'export'], home);
  expect(status, stderr).toBe(0);
  return { ...home, folder: join(home.home, 'mcpctl-monitoring') };
}

async function readYaml(folder: string, path: string) {
  return parse(await readFile(join(folder, path), 'utf8'));
}

async function allFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('promtool and amtool accept what is written', async () => {
  const { folder } = await exported();
  await writeFile(join(folder, 'secrets/mcpctl-token'), 'x');
  const check = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });

  expect(check('promtool', 'check', 'config', 'prometheus/prometheus.yaml')).toContain('2 rule files found');
  for (const name of ['recording', 'alerts']) {
    expect(check('promtool', 'check', 'rules', `prometheus/rules/mcpctl-${name}.yaml`)).toContain('SUCCESS');
  }
  expect(check('amtool', 'check-config', 'alertmanager/alertmanager.yaml')).toContain('3 receivers');
  const routed = (severity: string): string =>
    check(
      'amtool',
      'config',
      'routes',
      'test',
      '--config.file=alertmanager/alertmanager.yaml',
      `severity=${severity}`,
    ).trim();
  expect([routed('critical'), routed('warning'), routed('info')]).toEqual(['wake', 'read', 'kept']);
});

test('every metric a panel or a rule asks for is one there is', async () => {
  const { folder } = await exported();
  const asked = ROWS.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(([expr]) => expr)));
  for (const name of ['recording', 'alerts']) {
    const { groups } = await readYaml(folder, `prometheus/rules/mcpctl-${name}.yaml`);
    asked.push(...groups[0].rules.map(({ expr }: { expr: string }) => expr));
  }
  const names = new Set(asked.flatMap((expr) => expr.match(/\bmcp(?:ctl)?_[a-z_]+(?=[{[\s)]|$)/g) ?? []));
  names.delete('mcpctl_server');
  const exposed = Object.entries(METRICS).flatMap(([name, { type }]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );

  expect(names.size).toBeGreaterThan(20);
  expect([...names].filter((name) => !exposed.includes(name))).toEqual([]);
  const shown = (name: string): boolean => asked.some((expr) => expr.includes(name));
  expect(Object.keys(METRICS).filter((name) => !shown(name))).toEqual([]);
});

test('the dashboard has a place of its own for each panel, and asks the chosen Prometheus', async () => {
  const { folder } = await exported();
  const dashboard = JSON.parse(await readFile(join(folder, 'grafana/dashboards/mcpctl.json'), 'utf8'));
  const cells = new Set<string>();
  const ids = dashboard.panels.map(({ id }: { id: number }) => id);
  for (const {
    gridPos: { x, y, w, h },
  } of dashboard.panels) {
    expect(x + w).toBeLessThanOrEqual(24);
    for (let column = x; column < x + w; column += 1) {
      for (let row = y; row < y + h; row += 1) {
        expect(cells.has(`${column} ${row}`)).toBe(false);
        cells.add(`${column} ${row}`);
      }
    }
  }
  expect(new Set(ids).size).toBe(ids.length);
  for (const { type, targets = [], datasource } of dashboard.panels) {
    if (type === 'row') continue;
    expect(datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
    expect(targets.length).toBeGreaterThan(0);
  }
});

const service = z.strictObject({
  image: z.string().regex(/^[a-z]+\/[a-z]+:v?\d+\.\d+\.\d+$/),
  network_mode: z.literal('host'),
  restart: z.literal('unless-stopped'),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.array(z.string()),
  user: z.string().regex(/^\d+:\d+$/),
  command: z.array(z.string()).optional(),
  tmpfs: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  volumes: z.array(z.string().regex(/^\.\/[a-z/]+:\/[A-Za-z/]+(:ro)?$/)),
  secrets: z.array(z.union([z.string(), z.strictObject({ source: z.string(), target: z.string() })])),
  depends_on: z.array(z.string()).optional(),
});

test('the compose file pins images, listens on this machine alone and names files that are there', async () => {
  const { folder } = await exported();
  const compose = z
    .strictObject({
      name: z.string(),
      services: z.record(z.string(), service),
      secrets: z.record(z.string(), z.strictObject({ file: z.string().startsWith('./secrets/') })),
    })
    .parse(await readYaml(folder, 'compose.yaml'));

  expect(Object.keys(compose.services)).toEqual(['prometheus', 'alertmanager', 'grafana']);
  for (const { volumes, secrets, command = [], environment = {}, depends_on = [] } of Object.values(
    compose.services,
  )) {
    for (const volume of volumes)
      expect((await stat(join(folder, volume.split(':')[0] ?? ''))).isDirectory()).toBe(true);
    for (const secret of secrets) {
      expect(compose.secrets).toHaveProperty([typeof secret === 'string' ? secret : secret.source]);
    }
    for (const name of depends_on) expect(compose.services).toHaveProperty([name]);
    const listens = [
      ...command,
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ].filter((text) => /web\.listen-address|HTTP_ADDR/.test(text));
    expect(listens).toHaveLength(1);
    expect(listens[0]).toContain('=127.0.0.1');
  }
  expect((await stat(join(folder, 'secrets'))).mode & 0o777).toBe(0o700);
});

test('limits and switched off rules come from the settings', async () => {
  const home = await emptyHome();
  await writeSettings(home, {
    alerts: {
      limits: { errorRatio: 0.25 },
      rules: { latency: { enabled: false }, memory: { severity: 'info', forMs: 60_000 } },
    },
  });
  await mcpctl(['dashboard', 'export', '--out', 'out', '--target', '127.0.0.1:8477'], home);
  const { groups } = await readYaml(join(home.home, 'out'), 'prometheus/rules/mcpctl-alerts.yaml');
  const rule = (name: string) => groups[0].rules.find(({ alert }: { alert: string }) => alert === name);

  expect(rule('error-ratio').expr).toContain('> 0.25');
  expect(rule('latency')).toBeUndefined();
  expect(rule('memory')).toMatchObject({ for: '60s', labels: { severity: 'info' } });
  const { scrape_configs } = await readYaml(join(home.home, 'out'), 'prometheus/prometheus.yaml');
  expect(scrape_configs[0].static_configs).toEqual([{ targets: ['127.0.0.1:8477'] }]);
});

test('nothing is written with --dry-run, and nothing overwritten without --force', async () => {
  const home = await emptyHome();
  const planned = await mcpctlJson(['dashboard', 'export', '--dry-run'], home);
  expect(planned.document.data).toMatchObject({ dryRun: true });
  const folder = join(home.home, 'mcpctl-monitoring');
  await expect(stat(folder)).rejects.toThrow('ENOENT');

  await mcpctl(['dashboard', 'export'], home);
  expect(await allFiles(folder)).toHaveLength(planned.document.data.files.length);
  const own = join(folder, 'prometheus/prometheus.yaml');
  await writeFile(own, 'mine');
  const refused = await mcpctlJson(['dashboard', 'export'], home);
  expect([refused.status, refused.document.error?.code]).toEqual([2, 'FILES_EXIST']);
  expect(await readFile(own, 'utf8')).toBe('mine');

  const forced = await mcpctl(['dashboard', 'export', '--force'], home);
  expect(forced.stdout).toContain('prometheus/prometheus.yaml (replaced)');
  expect(await readFile(own, 'utf8')).toContain('scrape_configs');
  const usage = await mcpctlJson(['dashboard', 'export', '--target', 'http://x'], home);
  expect(usage.document.error?.code).toBe('USAGE');
});
