import { expect, test, vi } from 'vitest';
import { PAGERDUTY_HOST, PAGERDUTY_KEY, startPagerDuty } from '../support/alerts/pagerduty.ts';
import { SLACK_HOST, SLACK_URL, startSlack } from '../support/alerts/slack.ts';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../support/cli.ts';
import { writeSettings } from '../support/gateway.ts';
import { startInternet } from '../support/oauth/internet.ts';
import { fixtureEntry, writeManifest } from '../support/servers.ts';

/** Each test starts several processes, which other tests slow down. */
vi.setConfig({ testTimeout: 180_000 });

const CHANNELS = {
  ops: { type: 'slack', url: '${SLACK_WEBHOOK}' },
  pager: { type: 'pagerduty', routingKey: '${PAGERDUTY_KEY}' },
};

async function scene() {
  const [slack, pagerduty] = await Promise.all([startSlack(), startPagerDuty()]);
  const { env } = await startInternet({ [SLACK_HOST]: slack.port, [PAGERDUTY_HOST]: pagerduty.port });
  const home = await emptyHome({ ...env, SLACK_WEBHOOK: SLACK_URL, PAGERDUTY_KEY });
  await writeSettings(home, { alerts: { channels: CHANNELS } });
  return { home, slack, pagerduty };
}

async function bareHome(): Promise<Home> {
  const home = await emptyHome();
  await writeManifest(home.home, { github: fixtureEntry('echo') });
  return home;
}

test('alerts test sends an alert and its end to everybody, and says what each answered', async () => {
  const { home, slack, pagerduty } = await scene();
  const { status, stdout } = await mcpctl(['alerts', 'test'], home);

  expect(status).toBe(0);
  expect(stdout.split('\n').map((line) => line.trim())).toEqual([
    'ops (slack)',
    '✓ alert: taken, HTTP 200: ok',
    '✓ its end: taken, HTTP 200: ok',
    'pager (pagerduty)',
    expect.stringMatching(/^✓ alert: taken, HTTP 202: .*"dedup_key":"mcpctl:test:all"/),
    expect.stringMatching(/^✓ its end: taken, HTTP 202: /),
    '',
  ]);
  expect(slack.messages).toHaveLength(2);
  expect(pagerduty.incidents).toMatchObject([{ key: 'mcpctl:test:all', status: 'resolved' }]);
});

test('alerts test of one that refuses ends with 5, and has no secret in its answer', async () => {
  const { home, slack, pagerduty } = await scene();
  slack.script({ status: 404, body: 'no_service' }, { status: 404, body: `no_service ${SLACK_URL}` });
  const { status, document, stdout } = await mcpctlJson(['alerts', 'test', 'ops'], home);

  expect(status).toBe(5);
  expect(document.data).toMatchObject([
    { channel: 'ops', trigger: { outcome: 'refused', answer: 'HTTP 404: no_service' } },
  ]);
  expect(stdout).not.toContain(SLACK_URL);
  expect(pagerduty.events).toEqual([]);
});

test('alerts test --dry-run shows what would be sent, with references, and sends nothing', async () => {
  const { home, slack, pagerduty } = await scene();
  const { status, stdout } = await mcpctl(['alerts', 'test', '--dry-run'], home);

  expect(status).toBe(0);
  expect(stdout).toContain('POST ${SLACK_WEBHOOK}');
  expect(stdout).toContain('"routing_key": "${PAGERDUTY_KEY}"');
  for (const secret of [SLACK_URL, PAGERDUTY_KEY]) expect(stdout).not.toContain(secret);
  expect([...slack.statuses, ...pagerduty.statuses]).toEqual([]);
});

test('alerts test says how to name somebody, or whom the settings name', async () => {
  const none = await mcpctlJson(['alerts', 'test'], await emptyHome());
  const other = await mcpctlJson(['alerts', 'test', 'opps'], (await scene()).home);

  expect([none.status, none.document.error?.code]).toEqual([2, 'ALERT_CHANNEL_UNKNOWN']);
  expect(none.document.error?.hint).toContain('mcpctl config set alerts.channels.ops');
  expect(other.document.error?.hint).toBe('Those there are: ops, pager');
});

test('what is muted for a time or for good is listed, until it is taken back', async () => {
  const home = await bareHome();
  const timed = await mcpctlJson(['alerts', 'mute', 'github', '--for', '2h'], home);
  await mcpctl(['alerts', 'mute', 'latency'], home);
  const muted = await mcpctlJson(['alerts', 'list'], home);
  const back = await mcpctl(['alerts', 'unmute', 'latency'], home);
  const again = await mcpctl(['alerts', 'unmute', 'latency'], home);
  const left = await mcpctl(['alerts', 'list'], home);

  const hours = (Date.parse(timed.document.data.until) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(1.9);
  expect(hours).toBeLessThanOrEqual(2);
  expect(muted.document.data.mutes).toMatchObject([{ name: 'github' }, { name: 'latency', until: null }]);
  expect([back.stdout, again.stdout]).toEqual(['latency is told of again.\n', 'latency was not muted.\n']);
  expect(left.stdout).toContain('github is muted until');
  expect(left.stdout).not.toContain('latency');
});

test('there is no muting of what is neither a server nor a rule', async () => {
  const { status, document } = await mcpctlJson(['alerts', 'mute', 'gihtub'], await bareHome());

  expect([status, document.error?.code]).toEqual([2, 'SERVER_UNKNOWN']);
  expect(document.error?.hint).toContain('server-down');
});
