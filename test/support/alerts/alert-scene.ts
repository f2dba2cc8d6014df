import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { execute } from '../../../src/platform/execute.ts';
import { createFetch } from '../../../src/platform/fetch.ts';
import { createResolver } from '../../../src/secrets/resolve.ts';
import { type AlertSettings, DEFAULT_ALERT_SETTINGS } from '../../../src/settings/alert-settings.ts';
import { DEFAULT_SETTINGS } from '../../../src/settings/settings.ts';
import { type Alerting, createAlerting } from '../../../src/watch/alerts/alerting.ts';
import type { AlertBook } from '../../../src/watch/alerts/book.ts';
import { openBookFile } from '../../../src/watch/alerts/book-file.ts';
import type { ObservedServer } from '../../../src/watch/observation.ts';
import { temporaryFolder } from '../cli.ts';
import { type FakeClock, fakeClock } from '../fake-clock.ts';
import { type Internet, startInternet } from '../oauth/internet.ts';
import { observation, observedServer } from '../observations.ts';
import { PAGERDUTY_HOST, PAGERDUTY_KEY, type PagerDutyStandIn, startPagerDuty } from './pagerduty.ts';
import { SLACK_HOST, SLACK_URL, type SlackStandIn, startSlack } from './slack.ts';

/** Alerts with real files, a fake clock, and Slack and PagerDuty at their own host names behind a proxy. */
export interface AlertScene {
  readonly clock: FakeClock;
  readonly slack: SlackStandIn;
  readonly pagerduty: PagerDutyStandIn;
  readonly internet: Internet;
  /** What people were warned of. */
  readonly warnings: readonly string[];
  settings: AlertSettings;
  /** Another watcher on the same state. */
  watcher(): Alerting;
  book(): Promise<AlertBook>;
  /** The file, as it is on the disk. */
  bookText(): Promise<string>;
}

/** Fires at once, so that tests are about telling. */
export const AT_ONCE: Pick<AlertSettings, 'rules'> = {
  rules: { 'server-down': { forMs: 0 }, 'needs-sign-in': { forMs: 0 } },
};

export async function alertScene(channels: AlertSettings['channels']): Promise<AlertScene> {
  const clock = fakeClock();
  const [slack, pagerduty, state] = await Promise.all([
    startSlack(clock.now),
    startPagerDuty(),
    temporaryFolder(),
  ]);
  const internet = await startInternet({ [SLACK_HOST]: slack.port, [PAGERDUTY_HOST]: pagerduty.port });
  const env = { PATH: process.env.PATH ?? '', SLACK_WEBHOOK: SLACK_URL, PAGERDUTY_KEY, ...internet.env };
  const warnings: string[] = [];
  const book = openBookFile({ state, locks: join(state, 'locks') });
  const scene: AlertScene = {
    clock,
    slack,
    pagerduty,
    internet,
    warnings,
    settings: { ...DEFAULT_ALERT_SETTINGS, ...AT_ONCE, channels },
    watcher() {
      const alerting = createAlerting({
        book: openBookFile({ state, locks: join(state, 'locks') }),
        clock,
        settings: async () => ({ alerts: scene.settings, watch: DEFAULT_SETTINGS.watch }),
        due: async () => [],
        warn: (line) => void warnings.push(line),
        send: {
          fetch: createFetch({ env }),
          execute,
          env,
          resolver: () => createResolver({ env, platform: process.platform, home: state, scope: 'user' }),
          source: 'build-7',
          platform: process.platform,
          version: '0.0.0',
          now: clock.now,
        },
      });
      onTestFinished(() => alerting.close());
      return alerting;
    },
    book: () => book.read(),
    bookText: () => readFile(join(state, 'alerts.json'), 'utf8'),
  };
  return scene;
}

/** Lets a watcher see servers in these states, and settles when all that may be told now is told. */
export async function see(
  alerting: Alerting,
  { clock }: Pick<AlertScene, 'clock'>,
  states: Readonly<Record<string, ObservedServer['state']>>,
): Promise<void> {
  const servers = Object.entries(states).map(([name, state]) => observedServer(name, { state }));
  alerting.observe(observation(clock.now() / 1000, servers));
  await alerting.flush(0);
}

/** Lets time pass, and settles when all that may be told then is told. */
export async function pass(
  alerting: Alerting,
  { clock }: Pick<AlertScene, 'clock'>,
  seconds: number,
): Promise<void> {
  await clock.pass(seconds * 1000);
  await alerting.flush(0);
}
