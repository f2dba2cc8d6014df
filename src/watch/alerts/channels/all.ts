import type { ChannelSettings } from '../../../settings/alert-settings.ts';
import type { Message } from '../alert.ts';
import type { Delivery, Habits } from '../outbox.ts';
import type { Answer, Channel, Outgoing, Sender } from './channel.ts';
import { command } from './command.ts';
import { desktop } from './desktop.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { webhook } from './webhook.ts';

/** Every way to tell somebody, by the `type` of the settings. */
export const CHANNELS: { readonly [T in ChannelSettings['type']]: Channel<T> } = {
  slack,
  pagerduty,
  webhook,
  desktop,
  command,
};

/** A channel as the settings have it. */
export interface ConfiguredChannel {
  readonly title: string;
  readonly habits: Habits;
  /** Settings that are references; what `compose` gets as `secrets` is their values, or they themselves to only show it. */
  readonly references: Readonly<Record<string, string>>;
  compose(messages: readonly Message[], place: Omit<Sender<never>, 'settings'>): Outgoing;
  judge(answer: Answer): Delivery;
}

export function configured<T extends ChannelSettings['type']>(
  settings: Extract<ChannelSettings, { readonly type: T }>,
): ConfiguredChannel {
  const channel = CHANNELS[settings.type as T];
  return {
    title: channel.title,
    habits: channel,
    references: channel.references(settings),
    compose: (messages, place) => channel.compose(messages, { ...place, settings }),
    judge: channel.judge,
  };
}
