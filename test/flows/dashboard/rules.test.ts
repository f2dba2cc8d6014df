import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { emptyHome, mcpctl } from '../../support/cli.ts';
import { writeSettings } from '../../support/gateway.ts';

const run = promisify(execFile);

const CALLS = 'mcp_server_operation_duration_seconds';
const ECHO = 'mcpctl_server="echo"';
const OF_ECHO = { mcpctl_server: 'echo' };

/** What makes a rule fire, when, and what is a neighbour of it that must not. Series are in promtool's notation. */
const CASES: Record<string, { fires: Series; stays: Series; at?: string; labels?: Record<string, string> }> =
  {
    'server-down': {
      fires: { [`mcpctl_server_up{${ECHO}}`]: '0x30' },
      stays: {
        [`mcpctl_server_up{${ECHO}}`]: '0x30',
        [`mcpctl_server_state{${ECHO},state="needs-auth"}`]: '1x30',
      },
    },
    'restart-loop': {
      fires: { [`mcpctl_server_restarts_total{${ECHO},reason="exit"}`]: '0+1x30' },
      stays: { [`mcpctl_server_restarts_total{${ECHO},reason="asked"}`]: '0+1x30' },
    },
    'needs-sign-in': {
      fires: { [`mcpctl_server_state{${ECHO},state="needs-auth"}`]: '1x30' },
      stays: { [`mcpctl_server_state{${ECHO},state="failed"}`]: '1x30' },
    },
    'sign-in-failures': {
      labels: {},
      fires: {
        [`mcpctl_token_refreshes_total{${ECHO},result="failed"}`]: '0+1x30',
        [`mcpctl_token_refreshes_total{${ECHO},result="ok"}`]: '0+5x30',
      },
      stays: {
        [`mcpctl_token_refreshes_total{${ECHO},result="failed"}`]: '0+1x30',
        [`mcpctl_token_refreshes_total{${ECHO},result="ok"}`]: '0+20x30',
      },
    },
    'tool-drift': {
      fires: { [`mcpctl_server_tools{${ECHO},kind="changed"}`]: '1x30' },
      stays: { [`mcpctl_server_tools{${ECHO},kind="changed"}`]: '0x30' },
    },
    'error-ratio': {
      fires: {
        [`${CALLS}_count{${ECHO}}`]: '0+90x30',
        [`${CALLS}_count{${ECHO},error_type="timeout"}`]: '0+10x30',
      },
      stays: {
        [`${CALLS}_count{${ECHO}}`]: '0+97x30',
        [`${CALLS}_count{${ECHO},error_type="timeout"}`]: '0+3x30',
      },
    },
    latency: { fires: slow('0+1x30', '0+10x30'), stays: slow('0+10x30', '0+10x30') },
    'check-failed': {
      fires: { [`mcpctl_server_trouble{${ECHO},code="SERVER_CALL_FAILED"}`]: '1x30' },
      stays: { [`mcpctl_server_trouble{${ECHO},code="SERVER_SLOW"}`]: '1x30' },
    },
    'rate-limited': {
      fires: { [`mcpctl_rate_limited_total{${ECHO}}`]: '0+3x30' },
      stays: { [`mcpctl_rate_limited_total{${ECHO}}`]: '0x5 1x25' },
    },
    'audit-failure': {
      labels: {},
      at: '8m',
      fires: { mcpctl_audit_write_failures_total: '0x5 1x25' },
      stays: { mcpctl_audit_write_failures_total: '7x30' },
    },
    memory: {
      fires: { [`mcpctl_server_rss_bytes{${ECHO}}`]: '600000000x30' },
      stays: { [`mcpctl_server_rss_bytes{${ECHO}}`]: '400000000x30' },
    },
    'memory-total': {
      labels: {},
      fires: Object.fromEntries(
        [1, 2, 3, 4, 5, 6, 7].map((n) => [`mcpctl_server_rss_bytes{mcpctl_server="s${n}"}`, '470000000x30']),
      ),
      stays: Object.fromEntries(
        [1, 2, 3, 4, 5, 6].map((n) => [`mcpctl_server_rss_bytes{mcpctl_server="s${n}"}`, '470000000x30']),
      ),
    },
    'probe-stale': {
      fires: {
        [`mcpctl_health_probe_duration_seconds_count{${ECHO},result="ok"}`]: '7x30',
        [`mcpctl_server_up{${ECHO}}`]: '1x30',
      },
      stays: {
        [`mcpctl_health_probe_duration_seconds_count{${ECHO},result="ok"}`]: '7x30',
        [`mcpctl_server_up{${ECHO}}`]: '1x30',
        [`${CALLS}_count{${ECHO}}`]: '0+1x30',
      },
    },
    'cache-misses': {
      at: '25m',
      fires: cached('0+1x30', '0+1x30'),
      stays: cached('0+9x30', '0+1x30'),
    },
    'mcpctl-not-scraped': {
      labels: {},
      fires: { 'up{job="mcpctl"}': '0x30' },
      stays: { 'up{job="mcpctl"}': '1x30' },
    },
  };

type Series = Readonly<Record<string, string>>;

function slow(within: string, all: string): Series {
  const bucket = (le: string): string => `${CALLS}_bucket{${ECHO},le="${le}"}`;
  return {
    [bucket('5')]: within,
    [bucket('10')]: all,
    [bucket('+Inf')]: all,
    [`${CALLS}_count{${ECHO}}`]: all,
  };
}

function cached(hits: string, misses: string): Series {
  return {
    [`mcpctl_cache_requests_total{${ECHO},result="hit"}`]: hits,
    [`mcpctl_cache_requests_total{${ECHO},result="miss"}`]: misses,
    [`${CALLS}_count{${ECHO}}`]: '0+10x30',
  };
}

async function exportedRules(): Promise<string> {
  const home = await emptyHome();
  await writeSettings(home, { alerts: { rules: { 'cache-misses': { enabled: true } } } });
  const { status, stderr } = await mcpctl(['dashboard', 'export', '--out', 'out'], home);
  expect(status, stderr).toBe(0);
  return join(home.home, 'out/prometheus/rules/mcpctl-alerts.yaml');
}

test('each alert fires when it should, says whom and what to do, and leaves its neighbour alone', async () => {
  const path = await exportedRules();
  const { groups } = parse(await readFile(path, 'utf8'));
  const rules: { alert: string; labels: object; annotations: Record<string, string> }[] = groups[0].rules;
  expect(rules.map(({ alert }) => alert).sort()).toEqual(Object.keys(CASES).sort());

  const tests = rules.flatMap(({ alert, labels, annotations }) => {
    const { fires, stays, at = '20m', labels: own = OF_ECHO } = CASES[alert] as (typeof CASES)[string];
    const told = Object.fromEntries(
      Object.entries(annotations).map(([name, text]) => [
        name,
        text.replaceAll('{{ $labels.mcpctl_server }}', 'echo'),
      ]),
    );
    const series = (given: Series) =>
      Object.entries(given).map(([name, values]) => ({ series: name, values }));
    const found = { exp_labels: { ...labels, ...own, ...kindOf(alert) }, exp_annotations: told };
    const check = (exp_alerts: object[]) => [{ eval_time: at, alertname: alert, exp_alerts }];
    return [
      {
        name: `${alert} fires`,
        interval: '1m',
        input_series: series(fires),
        alert_rule_test: check([found]),
      },
      { name: `${alert} stays`, interval: '1m', input_series: series(stays), alert_rule_test: check([]) },
    ];
  });
  const file = join(path, '..', 'test.json');
  await writeFile(file, JSON.stringify({ rule_files: [path], evaluation_interval: '1m', tests }));
  const { stdout } = await run('promtool', ['test', 'rules', file]).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Error(`${error.stdout}\n${error.stderr}`);
    },
  );
  expect(stdout).toContain('SUCCESS');
}, 60_000);

/** Labels that come from the series itself. */
function kindOf(alert: string): Record<string, string> {
  if (alert === 'needs-sign-in') return { state: 'needs-auth' };
  return alert === 'tool-drift' ? { kind: 'changed' } : {};
}
