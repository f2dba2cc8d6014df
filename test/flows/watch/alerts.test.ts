import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  PAGERDUTY_HOST,
  PAGERDUTY_KEY,
  type PagerDutyStandIn,
  startPagerDuty,
} from '../../support/alerts/pagerduty.ts';
import { SLACK_HOST, SLACK_URL, type SlackStandIn, startSlack } from '../../support/alerts/slack.ts';
import { emptyHome, type Home, mcpctl, mcpctlJson, start } from '../../support/cli.ts';
import { startGatewayIn, writeSettings } from '../../support/gateway.ts';
import { modernRequest } from '../../support/gateway-client.ts';
import { initialize, type LineClient, lineClient } from '../../support/line-client.ts';
import { startInternet } from '../../support/oauth/internet.ts';
import { fixtureEntry, fixturePath, writeManifest } from '../../support/servers.ts';

interface Scene extends Home {
  readonly slack: SlackStandIn;
  readonly pagerduty: PagerDutyStandIn;
}

/** Each test starts several processes, which other tests slow down. */
vi.setConfig({ testTimeout: 180_000 });

const CHANNELS = {
  ops: { type: 'slack', url: '${SLACK_WEBHOOK}' },
  pager: { type: 'pagerduty', routingKey: '${PAGERDUTY_KEY}' },
};
const PATIENCE = { timeout: 60_000, interval: 100 };

/** A home whose settings tell Slack and PagerDuty, which are at their own names behind a proxy. */
async function scene(alerts: object = {}): Promise<Scene> {
  const [slack, pagerduty] = await Promise.all([startSlack(), startPagerDuty()]);
  const internet = await startInternet({ [SLACK_HOST]: slack.port, [PAGERDUTY_HOST]: pagerduty.port });
  const home = await emptyHome({ ...internet.env, SLACK_WEBHOOK: SLACK_URL, PAGERDUTY_KEY });
  await writeSettings(home, {
    watch: { intervalMs: 1000, idleIntervalMs: 1000 },
    alerts: { channels: CHANNELS, rules: { 'server-down': { forMs: 500 } }, ...alerts },
  });
  return { ...home, slack, pagerduty };
}

/** A session of a client with a server that ends, and does not start, while `fail` exists. */
async function mortal({
  home,
  env,
}: Scene): Promise<LineClient & { readonly fail: string; readonly ledger: string }> {
  const [fail, ledger] = [join(home, 'fail'), join(home, 'ledger')];
  const entry = {
    command: process.execPath,
    args: [fixturePath('ledger')],
    env: { FAIL_FLAG: fail, LEDGER: ledger },
  };
  await writeManifest(home, { subject: entry });
  const client = lineClient(start(['run', 'subject'], { home, env }));
  onTestFinished(() => void client.child.kill('SIGKILL'));
  client.send(initialize('hello'));
  await client.answer('hello');
  client.send({ method: 'notifications/initialized' });
  client.send({ id: 'tools', method: 'tools/list' });
  await client.answer('tools');
  return { ...client, fail, ledger };
}

function watching(home: Home): LineClient {
  const watch = lineClient(start(['watch', '--json'], home));
  onTestFinished(() => void watch.child.kill('SIGKILL'));
  return watch;
}

test('the death of a server is told once and its end once, to everybody', async () => {
  const home = await scene();
  const client = await mortal(home);
  const watch = watching(home);
  await watch.line((line) => line.includes('"state":"healthy"'));

  await writeFile(client.fail, '');
  process.kill(Number((await readFile(client.ledger, 'utf8')).split(' ')[0]), 'SIGKILL');
  await vi.waitFor(() => expect(home.pagerduty.incidents).toHaveLength(1), PATIENCE);
  await vi.waitFor(() => expect(home.slack.messages).toHaveLength(1), PATIENCE);
  const firing = await mcpctlJson(['alerts', 'list'], home);
  await rm(client.fail);
  await mcpctl(['restart', 'subject'], home);
  await vi.waitFor(() => expect(home.pagerduty.incidents[0]?.status).toBe('resolved'), PATIENCE);
  const told = () => home.slack.messages.map(({ text }) => text);
  await vi.waitFor(() => expect(told()).toHaveLength(2), PATIENCE);
  watch.child.kill('SIGINT');
  await watch.closed;
  const after = await mcpctlJson(['alerts', 'list'], home);

  expect(home.pagerduty.events.map(({ event_action, dedup_key }) => [event_action, dedup_key])).toEqual([
    ['trigger', 'mcpctl:server-down:subject'],
    ['resolve', 'mcpctl:server-down:subject'],
  ]);
  expect(told()).toEqual([
    ':red_circle: subject is down',
    expect.stringMatching(/^:white_check_mark: Resolved: subject is down, after \d+ s$/),
  ]);
  expect(firing.document.data.firing).toMatchObject([
    { rule: 'server-down', subject: 'subject', severity: 'critical', told: ['ops', 'pager'] },
  ]);
  expect(after.document.data).toMatchObject({
    firing: [],
    resolved: [{ rule: 'server-down' }],
    channels: [
      { name: 'ops', waiting: 0, lost: 0 },
      { name: 'pager', waiting: 0, lost: 0 },
    ],
  });
});

test('a watcher killed while it tells loses nothing and makes no second incident', async () => {
  const home = await scene();
  await writeManifest(home.home, { missing: { command: 'no-such-program' } });
  home.pagerduty.script('hang');
  home.slack.script('hang');
  const hung = Promise.all(
    [home.pagerduty, home.slack].map((standIn) => new Promise<void>((resolve) => (standIn.onHang = resolve))),
  );
  const first = watching(home);
  await hung;
  first.child.kill('SIGKILL');
  await first.closed;

  watching(home);
  await vi.waitFor(() => expect(home.slack.messages).toHaveLength(1), PATIENCE);
  await vi.waitFor(() => expect(home.pagerduty.statuses).toEqual([202]), PATIENCE);

  // PagerDuty took it both times, and knows by its key that it is one.
  expect(home.pagerduty.events).toHaveLength(2);
  expect(home.pagerduty.incidents).toMatchObject([
    { key: 'mcpctl:server-down:missing', status: 'triggered' },
  ]);
});

test('watch --once raises alerts from cron: pending first, then told, then over', async () => {
  const home = await scene({ rules: { 'server-down': { forMs: 1 } } });
  const look = async (servers: Record<string, object>): Promise<number | null> => {
    await writeManifest(home.home, servers);
    return (await mcpctl(['watch', '--once'], home)).status;
  };

  expect(await look({ subject: { command: 'no-such-program' } })).toBe(5);
  expect(home.slack.messages).toHaveLength(0);
  expect(await look({ subject: { command: 'no-such-program' } })).toBe(5);
  expect(home.slack.messages).toHaveLength(1);
  expect(await look({ subject: fixtureEntry('echo') })).toBe(0);
  expect(home.slack.messages).toHaveLength(2);
  expect(home.pagerduty.incidents).toMatchObject([{ status: 'resolved' }]);
});

test('alerts that are switched off raise none', async () => {
  const home = await scene({ enabled: false });
  await writeManifest(home.home, { missing: { command: 'no-such-program' } });
  await mcpctl(['watch', '--once'], home);
  await mcpctl(['watch', '--once'], home);

  expect((await mcpctlJson(['alerts', 'list'], home)).document.data.pending).toEqual([]);
});

test('gateway --http raises alerts of its servers where somebody is to be told', async () => {
  const home = await scene();
  const fail = join(home.home, 'fail');
  await writeFile(fail, '');
  const entry = { command: process.execPath, args: [fixturePath('ledger')], env: { FAIL_FLAG: fail } };
  await writeManifest(home.home, { subject: entry });
  const gateway = await startGatewayIn(home, ['--no-token']);
  const call = async () =>
    await modernRequest({
      url: gateway.url,
      method: 'tools/call',
      params: { name: 'subject__look', arguments: { n: 1 } },
    });

  await call();
  await vi.waitFor(() => expect(home.pagerduty.incidents).toHaveLength(1), PATIENCE);
  await rm(fail);
  await vi.waitFor(async () => {
    await call();
    expect(home.pagerduty.incidents[0]?.status).toBe('resolved');
  }, PATIENCE);

  expect(home.pagerduty.incidents).toMatchObject([{ key: 'mcpctl:server-down:subject' }]);
});
