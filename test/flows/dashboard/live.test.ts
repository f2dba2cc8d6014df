import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { signedInHome, type World } from '../../auth/tokens/fleet.ts';
import { type Home, mcpctl, start } from '../../support/cli.ts';
import { freePort } from '../../support/free-port.ts';
import { makeToken, startGatewayIn, writeSettings } from '../../support/gateway.ts';
import { type LegacyClient, legacyClient } from '../../support/gateway-client.ts';
import { startPrometheus } from '../../support/prometheus.ts';
import { fixtureEntry, writeManifest } from '../../support/servers.ts';
import { moodIn } from '../../support/watching.ts';

const HASH = 'a'.repeat(64);
const MIB = 1024 * 1024;

/** Servers of every kind there is trouble with. */
async function troubledHome(): Promise<World> {
  const world = await signedInHome();
  const remote = { url: world.server.url, auth: 'oauth' };
  const mood = moodIn(world);
  await mood.become({ fails: 'out of paper' });
  await writeManifest(world.home, {
    remote,
    stranger: { ...remote, profile: 'nobody' },
    deeds: fixtureEntry('deeds'),
    echo: fixtureEntry('echo'),
    ends: fixtureEntry('exits'),
    // These are not the gateway's, so the watcher looks itself.
    idle: { ...remote, profile: 'remote' },
    drifted: fixtureEntry('deeds'),
    far: { url: `http://127.0.0.1:${await freePort()}/mcp` },
    unwell: fixtureEntry('moody', { MOOD: mood.file, CHECK: 'list_allowed_directories' }),
  });
  await writeSettings(world, {
    retry: { pausesMs: [10] },
    cache: { tools: { 'deeds/look': { ttlMs: 1 } } },
    policy: { changedTools: 'warn' },
    limits: { perMinute: 0, servers: { echo: 2 } },
    watch: { serverMemoryBytes: MIB, totalMemoryBytes: MIB, deep: true },
    alerts: {
      rules: { 'cache-misses': { enabled: true } },
      // What takes days or gigabytes is made to come sooner.
      limits: {
        restarts: 1,
        p95Ms: 1,
        minimumCalls: 1,
        rateLimitedPerMinute: 0,
      },
    },
  });
  const tools = Object.fromEntries(['look', 'change', 'fail', 'wait', 'crash'].map((name) => [name, HASH]));
  const plain = { source: { type: 'command' }, lockedAt: '2026-01-01T00:00:00.000Z' };
  const locked = {
    ...plain,
    tools: { protocolVersion: '2025-11-25', hash: HASH, tools },
  };
  const unwell = { ...plain, catalog: 'filesystem' };
  const lock = { lockfileVersion: 1, servers: { drifted: locked, unwell } };
  await writeFile(join(world.home, '.config/claude/mcpctl-lock.json'), JSON.stringify(lock));
  return world;
}

/** `watch` with metrics; gives `host:port`. */
async function watched(home: Home): Promise<string> {
  const child = start(
    ['watch', '--json', '--interval', '1s', '--metrics-port', '0', '--metrics-token'],
    home,
  );
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  child.stdout?.resume();
  let stderr = '';
  return await new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (chunk) => {
      stderr += chunk;
      const [, target] = /http:\/\/(\S+)\/metrics/.exec(stderr) ?? [];
      if (target !== undefined) resolve(target);
    });
    void closed.then(() => reject(new Error(stderr)));
  });
}

/** The exported files with a scrape each second. */
async function exported(home: Home, target: string, token: string): Promise<string> {
  const { status, stderr } = await mcpctl(['dashboard', 'export', '--out', 'out', '--target', target], home);
  expect(status, stderr).toBe(0);
  const folder = join(home.home, 'out');
  await writeFile(join(folder, 'secrets/mcpctl-token'), token, { mode: 0o600 });
  const config = join(folder, 'prometheus/prometheus.yaml');
  await writeFile(config, (await readFile(config, 'utf8')).replaceAll('15s', '1s'));
  return folder;
}

async function expressionsIn(folder: string): Promise<{ panels: string[]; alerts: Map<string, string> }> {
  const dashboard = JSON.parse(await readFile(join(folder, 'grafana/dashboards/mcpctl.json'), 'utf8'));
  const panels = dashboard.panels.flatMap(({ targets = [] }: { targets?: { expr: string }[] }) =>
    targets.map(({ expr }) =>
      expr.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '5m').replaceAll('$server', '.*'),
    ),
  );
  const rules = parse(await readFile(join(folder, 'prometheus/rules/mcpctl-alerts.yaml'), 'utf8'));
  const recorded = parse(await readFile(join(folder, 'prometheus/rules/mcpctl-recording.yaml'), 'utf8'));
  return {
    panels: [...panels, ...recorded.groups[0].rules.map(({ record }: { record: string }) => record)],
    alerts: new Map(rules.groups[0].rules.map(({ alert, expr }: Record<string, string>) => [alert, expr])),
  };
}

/** A bit of everything that can happen. */
async function load(client: LegacyClient): Promise<void> {
  for (const tool of ['deeds__look', 'deeds__look', 'deeds__fail', 'deeds__change', 'remote__whoami']) {
    await client.call(tool);
  }
  for (let index = 0; index < 3; index += 1) await client.call('echo__echo', { message: 'x' });
}

test('every panel, recording rule and alert has series in a Prometheus that scrapes a loaded gateway', async () => {
  const home = await troubledHome();
  const token = await makeToken(home, 'test');
  const gateway = await startGatewayIn(home, ['--server', 'remote', 'deeds', 'echo', 'ends']);
  const folder = await exported(home, await watched(home), token);
  const prometheus = await startPrometheus(join(folder, 'prometheus/prometheus.yaml'));
  const { panels, alerts } = await expressionsIn(folder);
  expect(panels.length).toBeGreaterThan(40);
  expect(alerts.size).toBeGreaterThan(12);
  // The unit tests of rules make these happen: they take minutes, a full disk, or an mcpctl that is gone.
  for (const name of ['probe-stale', 'audit-failure', 'mcpctl-not-scraped']) alerts.delete(name);

  const pending = new Set([...panels, ...alerts.values()]);
  const deadline = Date.now() + 150_000;
  for (let round = 0; pending.size > 0 && Date.now() < deadline; round += 1) {
    const client = await legacyClient({ ...gateway, token });
    await load(client);
    await client.end();
    if (round === 1) await mcpctl(['restart', 'remote'], home);
    if (round < 4) {
      const other = await legacyClient({ ...gateway, token });
      await other.call('deeds__crash');
      await other.end();
    }
    // The first token is renewed; the next one cannot be.
    if (round === 0) {
      const first = home.server.tokens().at(-1);
      home.server.refuse((sent) => `Bearer ${sent}` === first);
    } else if (round === 3) {
      home.issuer.alter((answer, { form }) =>
        form.get('grant_type') === 'refresh_token' ? { ...answer, status: 503 } : undefined,
      );
      home.server.refuse(() => true);
    }
    for (const expression of pending) {
      if ((await prometheus.query(expression)).length > 0) pending.delete(expression);
    }
  }
  expect([...pending]).toEqual([]);
}, 240_000);
