import type { ChannelSettings } from '../../../settings/alert-settings.ts';
import type { Message } from '../alert.ts';
import type { Delivery, Habits } from '../outbox.ts';

/** A way to tell somebody: one object a file. */
export interface Channel<T extends ChannelSettings['type']> extends Habits {
  readonly type: T;
  readonly title: string;
  /** The settings that are references, by what `compose` calls them. */
  references(settings: SettingsOf<T>): Readonly<Record<string, string>>;
  /** What is sent, with the values of the references. @throws SECRET_UNSUITABLE for one that cannot be right. */
  compose(messages: readonly Message[], place: Sender<T>): Outgoing;
  /** What the answer of the service, or the end of the program, means. */
  judge(answer: Answer): Delivery;
}

export type SettingsOf<T extends ChannelSettings['type']> = Extract<ChannelSettings, { readonly type: T }>;

export interface Sender<T extends ChannelSettings['type']> {
  readonly settings: SettingsOf<T>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Name of this machine. */
  readonly source: string;
  readonly platform: NodeJS.Platform;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type Outgoing =
  | {
      readonly kind: 'post';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | {
      readonly kind: 'run';
      readonly command: string;
      readonly args: readonly string[];
      readonly input: string;
    };

export interface Answer {
  /** Of HTTP, or with which the program ended; null when a signal ended it. */
  readonly status: number | null;
  /** The first words it said. */
  readonly text: string;
  /** The header, as it is. */
  readonly retryAfter?: string | null;
}
