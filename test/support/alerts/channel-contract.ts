import { expect, test } from 'vitest';
import { execute } from '../../../src/platform/execute.ts';
import { createFetch } from '../../../src/platform/fetch.ts';
import { createResolver } from '../../../src/secrets/resolve.ts';
import type { ChannelSettings } from '../../../src/settings/alert-settings.ts';
import type { Message } from '../../../src/watch/alerts/alert.ts';
import { configured } from '../../../src/watch/alerts/channels/all.ts';
import type { Delivery } from '../../../src/watch/alerts/outbox.ts';
import { send } from '../../../src/watch/alerts/send.ts';
import { NOON } from '../observations.ts';
import { message, NASTY } from './messages.ts';

/** A channel, and whoever it tells. */
export interface Receiver {
  readonly settings: ChannelSettings;
  /** Of mcpctl: proxies, certificates, and what references refer to. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  /** Everything it took, as text. */
  taken(): Promise<readonly string[]>;
  /** Makes it fail the next time, in a way that may pass. */
  failOnce(): Promise<void> | void;
}

export async function sendTo({ settings, env }: Receiver, messages: readonly Message[]): Promise<Delivery> {
  return await send(configured(settings), messages, {
    fetch: createFetch({ env, allowPrivate: ['loopback'] }),
    execute,
    env,
    resolver: () => createResolver({ env, platform: process.platform, home: '/nowhere', scope: 'user' }),
    source: 'build-7',
    platform: process.platform,
    version: '0.0.0',
    now: () => NOON,
  });
}

/** What every channel does. `pause` lies between two messages, in milliseconds. */
export function channelContract(
  name: string,
  receiver: () => Promise<Receiver>,
  pause = async () => {},
): void {
  test(`${name} takes an alert and its end`, async () => {
    const given = await receiver();

    const began = await sendTo(given, [message('trigger')]);
    await pause();
    const ended = await sendTo(given, [message('resolve')]);

    expect([began.outcome, ended.outcome]).toEqual(['taken', 'taken']);
    expect(await given.taken()).toHaveLength(2);
    expect((await given.taken())[0]).toMatch(/github is down/);
  });

  test(`${name} takes whatever a server says, however long`, async () => {
    const given = await receiver();
    const nasty = { summary: NASTY, detail: NASTY, subject: NASTY, runbook: NASTY };
    const { digests } = configured(given.settings).habits;
    const all = Array.from({ length: digests ? 40 : 1 }, (_, index) =>
      message('trigger', nasty, `id-${index}`),
    );

    expect(await sendTo(given, all)).toMatchObject({ outcome: 'taken' });
  });

  test(`${name} that fails is to be asked again, and says why without a secret`, async () => {
    const given = await receiver();
    await given.failOnce();

    const failed = await sendTo(given, [message('trigger')]);
    await pause();
    const again = await sendTo(given, [message('trigger')]);

    expect(failed).toMatchObject({ outcome: 'later', answer: expect.stringMatching(/\w/) });
    for (const secret of given.secrets) expect(failed.answer).not.toContain(secret);
    expect(again.outcome).toBe('taken');
  });

  test(`${name} has no secret in what is shown instead of sent`, async () => {
    const { settings, secrets } = await receiver();
    const { references, compose } = configured(settings);
    const place = { secrets: references, source: 'build-7', platform: process.platform, now: NOON };

    const shown = JSON.stringify(compose([message('trigger')], place));

    for (const reference of Object.values(references)) {
      if (!settings.type.startsWith('web') || reference.includes('URL')) expect(shown).toContain(reference);
    }
    for (const secret of secrets) expect(shown).not.toContain(secret);
  });
}
