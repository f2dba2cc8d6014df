import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import type { ObservedServer } from '../../../src/watch/observation.ts';
import { startWebhook, type ToldAlert } from '../../support/alerts/webhook.ts';
import { emptyHome, type Home, mcpctl } from '../../support/cli.ts';
import { freePort } from '../../support/free-port.ts';
import { writeSettings } from '../../support/gateway.ts';
import { scriptedServer, spawnEverything } from '../../support/http-servers.ts';
import { fixtureEntry, writeManifest } from '../../support/servers.ts';
import { answerAsServer, beginRun, callText, type Mood, moodIn, startWatch } from '../../support/watching.ts';

/** A server with a trouble of its own. */
interface Subject {
  readonly entry: object;
  /** Begins the session of a client, where one runs it. */
  begin(): Promise<void>;
  breaks(): Promise<void>;
  /** Does what a person would do about it. */
  mends(): Promise<void>;
}

interface Trouble {
  make(name: string, home: Home): Promise<Subject> | Subject;
  /** States it goes through from then on, the first and the last of them with the code of their reason. */
  readonly states: RegExp;
  readonly code: string;
  /** Rules that fire. */
  readonly rules: readonly string[];
  /** The watch, or the process that runs it, mends it within ten seconds. */
  readonly isMended?: boolean;
}

/** A program in a `run`, which is hurt and, where nothing else helps, restarted by hand. */
const program =
  ({ mood = {}, signal = 'SIGKILL' }: { mood?: Mood; signal?: NodeJS.Signals | undefined } = {}) =>
  async (name: string, home: Home): Promise<Subject> => {
    const file = moodIn(home, name);
    await file.become({});
    let pid = 0;
    return {
      entry: fixtureEntry('moody', { MOOD: file.file }),
      async begin() {
        const client = await beginRun(home, name);
        pid = Number(await callText(client, 'pid', 'pid'));
      },
      async breaks() {
        await file.become(mood);
        process.kill(pid, signal);
      },
      async mends() {
        await file.become({});
        const { status, stderr } = await mcpctl(['restart', name], home);
        expect(status, stderr).toBe(0);
      },
    };
  };

const slow = async (name: string, home: Home): Promise<Subject> => {
  const { file, become } = moodIn(home, name);
  await become({});
  return {
    entry: fixtureEntry('moody', { MOOD: file }),
    begin: async () => void (await beginRun(home, name)),
    breaks: async () => await become({ delayMs: 2000 }),
    mends: async () => await become({}),
  };
};

const expired = async (name: string, home: Home): Promise<Subject> => {
  let isExpired = false;
  const { origin } = await scriptedServer((received, response) => {
    if (!isExpired) return answerAsServer(received, response);
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
  });
  return {
    entry: { url: `${origin}/mcp` },
    begin: async () => void (await beginRun(home, name)),
    async breaks() {
      isExpired = true;
    },
    async mends() {
      isExpired = false;
    },
  };
};

const gone = async (): Promise<Subject> => {
  const port = await freePort();
  let { child } = await spawnEverything('streamableHttp', port);
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    entry: { url: `http://localhost:${port}/mcp` },
    async begin() {},
    async breaks() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
    async mends() {
      ({ child } = await spawnEverything('streamableHttp', port));
    },
  };
};

const LOOP = ['server-down', 'restart-loop'];
const TROUBLES: Record<string, Trouble> = {
  killed: {
    // Slow enough at its start to be seen.
    make: program({ mood: { delayMs: 500 } }),
    states: /^starting healthy$/,
    code: 'SERVER_EXITED',
    rules: ['server-down'],
    isMended: true,
  },
  hanging: {
    make: program({ signal: 'SIGSTOP' }),
    states: /^degraded (starting )?healthy$/,
    code: 'SERVER_TIMEOUT',
    rules: ['server-down'],
    isMended: true,
  },
  'without-tools': {
    make: program({ mood: { bare: true } }),
    states: /^starting failed (starting )?healthy$/,
    code: 'SERVER_NO_TOOLS',
    rules: LOOP,
  },
  looping: {
    make: program({ mood: { exits: true } }),
    states: /^starting failed (starting )?healthy$/,
    code: 'SERVER_EXITED',
    rules: LOOP,
  },
  'of-another-era': {
    make: program({ mood: { version: '2031-01-01' } }),
    states: /^starting failed (starting )?healthy$/,
    code: 'SERVER_PROTOCOL',
    rules: LOOP,
  },
  slow: { make: slow, states: /^degraded healthy$/, code: 'SERVER_SLOW', rules: ['latency'] },
  expired: {
    make: expired,
    states: /^needs-auth healthy$/,
    code: 'SIGN_IN_NEEDED',
    rules: ['needs-sign-in'],
  },
  gone: {
    make: gone,
    states: /^degraded failed healthy$/,
    code: 'SERVER_UNREACHABLE',
    rules: ['server-down'],
  },
};

const isHealthy = ({ state }: ObservedServer): boolean => state === 'healthy';

test('every trouble is seen for what it is, told once, and told once that it is over', async () => {
  const webhook = await startWebhook();
  const home = await emptyHome({ HOOK: webhook.url, HOOK_KEY: webhook.key });
  const atOnce = Object.fromEntries(
    ['server-down', 'restart-loop', 'latency', 'needs-sign-in'].map((rule) => [rule, { forMs: 0 }]),
  );
  await writeSettings(home, {
    watch: { intervalMs: 1000, timeoutMs: 3000, slowMs: 1500 },
    network: { allowPrivate: ['127.0.0.1'] },
    alerts: { channels: { hook: { type: 'webhook', url: '${HOOK}', secret: '${HOOK_KEY}' } }, rules: atOnce },
  });
  const subjects: Record<string, Subject> = {};
  for (const [name, { make }] of Object.entries(TROUBLES)) subjects[name] = await make(name, home);
  await writeManifest(
    home.home,
    Object.fromEntries(Object.entries(subjects).map(([name, { entry }]) => [name, entry])),
  );
  for (const { begin } of Object.values(subjects)) await begin();
  const watching = startWatch(home);
  const names = Object.keys(TROUBLES);
  await Promise.all(
    names.map((name) => watching.until(name, (server) => isHealthy(server) && server.tools.offered !== null)),
  );

  await Promise.all(
    names.map(async (name) => {
      const { states, code, isMended } = TROUBLES[name] as Trouble;
      const { breaks, mends } = subjects[name] as Subject;
      const from = watching.seen().length;
      await breaks();
      const noticed = await watching.until(
        name,
        ({ state, reason }) => state !== 'healthy' && reason?.code === code,
      );
      const worst = states.source.includes('failed') ? 'failed' : noticed.state;
      await watching.until(name, ({ state }) => state === worst);
      const healthy = watching.next(name, isHealthy);
      if (!isMended) await mends();
      const again = await healthy;
      const after = watching.states(name, from).filter((state, at) => at > 0 || state !== 'healthy');
      expect(after.join(' '), name).toMatch(states);
      expect(again.tools, name).toMatchObject({ offered: noticed.tools.offered, changed: [] });
      if (!isMended) return;
      expect(again.restarts, name).toBe(1);
      expect(Date.parse(again.since) - Date.parse(noticed.since), name).toBeLessThan(10_000);
    }),
  );

  // In a storm what follows the first five messages comes as one, a minute later.
  const expected = names.flatMap((name) =>
    (TROUBLES[name]?.rules ?? []).map((rule) => `mcpctl:${rule}:${name}`),
  );
  const told = (): Record<string, string[]> => statusesIn(webhook.alerts);
  await expect
    .poll(() => Object.values(told()).filter((statuses) => statuses.includes('resolved')).length, {
      timeout: 150_000,
      interval: 500,
    })
    .toBe(expected.length);
  expect(await watching.stop()).toBe(0);
  expect(told()).toEqual(Object.fromEntries(expected.map((key) => [key, ['firing', 'resolved']])));
  expect(webhook.refusals).toEqual([]);
}, 300_000);

function statusesIn(alerts: readonly ToldAlert[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { key, status } of alerts) found[key] = [...(found[key] ?? []), status];
  return found;
}
