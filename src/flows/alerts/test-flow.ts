import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import type { ChannelSettings } from '../../settings/alert-settings.ts';
import { readSettings } from '../../settings/read.ts';
import type { Settings } from '../../settings/settings.ts';
import { ALL, type Alert, alertKey, type Change, type Message } from '../../watch/alerts/alert.ts';
import { configured } from '../../watch/alerts/channels/all.ts';
import type { Outgoing } from '../../watch/alerts/channels/channel.ts';
import type { Delivery } from '../../watch/alerts/outbox.ts';
import { send } from '../../watch/alerts/send.ts';
import { sendPorts } from './open-alerting.ts';

export interface TestedChannel {
  readonly channel: string;
  readonly type: ChannelSettings['type'];
  /** What the service said to the alert, and to its end. */
  readonly trigger: Delivery;
  readonly resolve: Delivery;
}

/** What would be sent, with references where secrets would stand. */
export interface ShownChannel {
  readonly channel: string;
  readonly type: ChannelSettings['type'];
  readonly trigger: Outgoing;
  readonly resolve: Outgoing;
}

/** Sends an alert and its end to one channel, or to all. @throws ALERT_CHANNEL_UNKNOWN and what reading settings throws. */
export async function testChannels(name: string | undefined, context: Context): Promise<TestedChannel[]> {
  const { settings } = await readSettings(context);
  const ports = sendPorts(context, settings);
  return await Promise.all(
    chosen(name, settings).map(async ([channel, own]): Promise<TestedChannel> => {
      const { title, habits, ...rest } = configured(own);
      const [began, ended] = testMessages(channel, settings, ports.now());
      context.output.note(`Telling ${channel} (${title})…`);
      const trigger = await send({ title, habits, ...rest }, [began], ports, context.signal);
      await pause(habits.paceMs, undefined, { signal: context.signal }).catch(() => {});
      const resolve = await send({ title, habits, ...rest }, [ended], ports, context.signal);
      return { channel, type: own.type, trigger, resolve };
    }),
  );
}

/** Shows what a test would send. Throws like `testChannels`. */
export async function showTest(name: string | undefined, context: Context): Promise<ShownChannel[]> {
  const { settings } = await readSettings(context);
  const now = Date.now();
  return chosen(name, settings).map(([channel, own]) => {
    const { references, compose } = configured(own);
    const place = { secrets: references, source: hostname(), platform: context.platform, now };
    const [began, ended] = testMessages(channel, settings, now);
    return { channel, type: own.type, trigger: compose([began], place), resolve: compose([ended], place) };
  });
}

function chosen(name: string | undefined, { alerts }: Settings): [string, ChannelSettings][] {
  const all = Object.entries(alerts.channels);
  const found = name === undefined ? all : all.filter(([channel]) => channel === name);
  if (found.length > 0) return found;
  const message =
    all.length === 0
      ? 'The settings name nobody to tell.'
      : `The settings have no channel ${JSON.stringify(name)}.`;
  throw new McpctlError('ALERT_CHANNEL_UNKNOWN', message, {
    hint:
      all.length === 0
        ? 'mcpctl secret set SLACK_WEBHOOK, then: mcpctl config set alerts.channels.ops \'{"type":"slack","url":"${keychain:SLACK_WEBHOOK}"}\''
        : `Those there are: ${all.map(([channel]) => channel).join(', ')}`,
  });
}

function testMessages(channel: string, { alerts }: Settings, now: number): [Message, Message] {
  const alert: Alert = {
    key: alertKey('test', ALL, alerts.tenant),
    rule: 'test',
    subject: ALL,
    severity: 'warning',
    summary: 'This is a test of mcpctl',
    detail: 'Nothing is wrong.',
    runbook: 'There is nothing to do.',
    firedAt: now,
  };
  const message = (change: Change, told: Alert): Message => ({
    id: `test-${change}-${now}`,
    channel,
    change,
    alert: told,
    madeAt: now,
    attempts: 0,
    notBefore: now,
  });
  return [message('trigger', alert), message('resolve', { ...alert, resolvedAt: now + 1000 })];
}
