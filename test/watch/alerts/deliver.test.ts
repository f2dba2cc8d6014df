import { expect, test } from 'vitest';
import type { AlertSettings } from '../../../src/settings/alert-settings.ts';
import { alertScene, pass, see } from '../../support/alerts/alert-scene.ts';
import { PAGERDUTY_KEY } from '../../support/alerts/pagerduty.ts';
import { SLACK_URL } from '../../support/alerts/slack.ts';

const SLACK: AlertSettings['channels'] = { ops: { type: 'slack', url: '${SLACK_WEBHOOK}' } };
const PAGER: AlertSettings['channels'] = { pager: { type: 'pagerduty', routingKey: '${PAGERDUTY_KEY}' } };

const many = (count: number, state: 'failed' | 'healthy') =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`server-${index}`, state]));

test('an alert is told once and its end once, at the hosts of the vendors', async () => {
  const scene = await alertScene({ ...SLACK, ...PAGER });
  const watcher = scene.watcher();

  await see(watcher, scene, { github: 'failed' });
  await pass(watcher, scene, 5);
  await see(watcher, scene, { github: 'failed' });
  await see(watcher, scene, { github: 'healthy' });
  await pass(watcher, scene, 5);
  await see(watcher, scene, { github: 'healthy' });

  expect(scene.slack.messages.map(({ text }) => text)).toEqual([
    ':red_circle: github is down',
    ':white_check_mark: Resolved: github is down, after 5 s',
  ]);
  expect(scene.pagerduty.events.map(({ event_action, dedup_key }) => [event_action, dedup_key])).toEqual([
    ['trigger', 'mcpctl:server-down:github'],
    ['resolve', 'mcpctl:server-down:github'],
  ]);
  expect(scene.pagerduty.incidents).toMatchObject([{ status: 'resolved' }]);
  expect([...new Set(scene.internet.asked)].sort()).toEqual([
    'events.pagerduty.com:443',
    'hooks.slack.com:443',
  ]);
  expect((await scene.book()).outbox).toEqual([]);
});

test('a storm is one message, but an incident for each server', async () => {
  const scene = await alertScene({ ...SLACK, ...PAGER });
  const watcher = scene.watcher();

  await see(watcher, scene, many(10, 'failed'));
  for (let turn = 0; turn < 10; turn += 1) await pass(watcher, scene, 1);
  const [digest, ...more] = scene.slack.messages;
  await see(watcher, scene, many(10, 'healthy'));
  for (let turn = 0; turn < 10; turn += 1) await pass(watcher, scene, 1);

  expect(digest?.text).toBe(':red_circle: *10 alerts* on build-7');
  expect(digest?.blocks).toHaveLength(11);
  expect(more).toEqual([]);
  expect(scene.slack.messages.map(({ text }) => text)[1]).toBe(':red_circle: *10 resolved* on build-7');
  expect(scene.slack.messages).toHaveLength(2);
  expect(scene.pagerduty.incidents.map(({ status }) => status)).toEqual(Array(10).fill('resolved'));
});

test('alerts that come one by one are told one by one up to five in a minute, and the rest together', async () => {
  const scene = await alertScene(SLACK);
  const watcher = scene.watcher();

  for (let count = 1; count <= 9; count += 1) {
    await see(watcher, scene, many(count, 'failed'));
    await pass(watcher, scene, 3);
  }
  const early = scene.slack.messages.length;
  for (let turn = 0; turn < 40; turn += 1) await pass(watcher, scene, 1);

  expect(early).toBe(5);
  expect(scene.slack.messages.map(({ text }) => text).slice(5)).toEqual([
    ':red_circle: *4 alerts* on build-7',
  ]);
  expect(new Set(scene.slack.statuses)).toEqual(new Set([200]));
});

test('Slack is sent no more than a message a second', async () => {
  const scene = await alertScene(SLACK);
  const watcher = scene.watcher();

  await see(watcher, scene, many(3, 'failed'));
  for (let tenth = 0; tenth < 40; tenth += 1) await pass(watcher, scene, 0.1);

  expect(scene.slack.statuses).toEqual([200, 200, 200]);
});

test('waits as long as Slack asks, and tells then', async () => {
  const scene = await alertScene(SLACK);
  const watcher = scene.watcher();
  scene.slack.script({ status: 429, headers: { 'retry-after': '30' }, body: 'rate_limited' });

  await see(watcher, scene, { github: 'failed' });
  await pass(watcher, scene, 29);
  const early = [...scene.slack.statuses];
  await pass(watcher, scene, 2);

  expect(early).toEqual([429]);
  expect(scene.slack.statuses).toEqual([429, 200]);
});

test('PagerDuty is asked again after minutes when it is busy or broken', async () => {
  const scene = await alertScene(PAGER);
  const watcher = scene.watcher();
  scene.pagerduty.script({ status: 429 }, { status: 503, body: 'down' });

  await see(watcher, scene, { github: 'failed' });
  await pass(watcher, scene, 59);
  const early = [...scene.pagerduty.statuses];
  await pass(watcher, scene, 2);
  await pass(watcher, scene, 121);

  expect(early).toEqual([429]);
  expect(scene.pagerduty.statuses).toEqual([429, 503, 202]);
  expect(scene.warnings).toEqual([
    'pager (PagerDuty) could not be told of an alert and is tried again: HTTP 429',
  ]);
});

test.each([
  [400, 'invalid_payload'],
  [403, 'action_prohibited'],
  [404, 'channel_not_found'],
  [410, 'channel_is_archived'],
])('HTTP %i is never asked again, and everybody can see it', async (status, body) => {
  const scene = await alertScene(SLACK);
  const watcher = scene.watcher();
  scene.slack.script({ status, body });

  await see(watcher, scene, { github: 'failed' });
  await pass(watcher, scene, 3600);

  expect(scene.slack.statuses).toEqual([status]);
  expect(scene.warnings).toEqual([`An alert was not taken by ops (Slack): HTTP ${status}: ${body}`]);
  expect((await scene.book()).channels.ops).toMatchObject({
    lost: 1,
    fault: { message: `HTTP ${status}: ${body}` },
  });
});

test('what could not be told before the watcher ended is told by the next one', async () => {
  const scene = await alertScene(SLACK);
  const first = scene.watcher();
  scene.slack.script({ status: 503 });
  await see(first, scene, { github: 'failed' });
  await first.close();

  await scene.clock.pass(60_000);
  const next = scene.watcher();
  await see(next, scene, { github: 'failed' });
  await see(next, scene, { github: 'failed' });

  expect(scene.slack.statuses).toEqual([503, 200]);
});

test('two watchers at once tell once', async () => {
  const scene = await alertScene({ ...SLACK, ...PAGER });
  const watchers = [scene.watcher(), scene.watcher(), scene.watcher()];

  for (const state of ['failed', 'failed', 'healthy', 'healthy'] as const) {
    await Promise.all(watchers.map(async (watcher) => await see(watcher, scene, { github: state })));
    await scene.clock.pass(6000);
    await Promise.all(watchers.map(async (watcher) => await watcher.flush(0)));
  }

  expect(scene.slack.messages).toHaveLength(2);
  expect(scene.pagerduty.events).toHaveLength(2);
});

test('a service that hangs is given up for now, and holds up no other', async () => {
  const scene = await alertScene({ ...SLACK, ...PAGER });
  const watcher = scene.watcher();
  scene.slack.script('hang');

  await see(watcher, scene, { github: 'failed' });

  expect(scene.pagerduty.incidents).toHaveLength(1);
  expect(scene.warnings.join()).toContain('NETWORK_TIMEOUT: hooks.slack.com did not answer in time.');
  await pass(watcher, scene, 11);
  expect(scene.slack.messages).toHaveLength(1);
});

test('a secret that is missing is told without a request, and its alert waits for it', async () => {
  const scene = await alertScene({ ops: { type: 'slack', url: '${OTHER_WEBHOOK}' } });
  const watcher = scene.watcher();

  await see(watcher, scene, { github: 'failed' });
  scene.settings = { ...scene.settings, channels: SLACK };
  await pass(watcher, scene, 11);

  expect(scene.warnings[0]).toContain('SECRET_MISSING');
  expect(scene.slack.messages).toHaveLength(1);
});

test('a channel that left the settings gets nothing any more', async () => {
  const scene = await alertScene(SLACK);
  const watcher = scene.watcher();
  scene.slack.script({ status: 503 });
  await see(watcher, scene, { github: 'failed' });

  scene.settings = { ...scene.settings, channels: {} };
  await pass(watcher, scene, 60);

  expect(scene.slack.statuses).toEqual([503]);
  expect(await scene.book()).toMatchObject({ outbox: [], channels: {} });
});

test('no secret is on the disk or in a warning', async () => {
  const scene = await alertScene({ ...SLACK, ...PAGER });
  const watcher = scene.watcher();
  scene.slack.script({ status: 404, body: `no_service at ${SLACK_URL}` });
  scene.pagerduty.script({ status: 400, body: `routing key ${PAGERDUTY_KEY} is unknown` });

  await see(watcher, scene, { github: 'failed' });

  const seen = (await scene.bookText()) + scene.warnings.join('\n');
  expect(seen).toContain('no_service at •••');
  for (const secret of [SLACK_URL, SLACK_URL.slice(-24), PAGERDUTY_KEY]) expect(seen).not.toContain(secret);
});

test('the queue of a channel ends at 200 messages; the oldest are lost, and counted', async () => {
  const scene = await alertScene(PAGER);
  const watcher = scene.watcher();
  scene.pagerduty.script({ status: 503 });

  await see(watcher, scene, many(230, 'failed'));

  const { outbox, channels } = await scene.book();
  expect(outbox).toHaveLength(200);
  expect(channels.pager).toMatchObject({ lost: 30 });
});
