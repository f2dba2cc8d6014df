import { expect, test } from 'vitest';
import { pause } from '../../src/calls/clock.ts';
import { McpctlError } from '../../src/core/errors.ts';
import { DEFAULT_WATCH_SETTINGS } from '../../src/settings/watch-settings.ts';
import { createProber, type Prober, type ProberOptions } from '../../src/watch/prober.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';

const silent = new McpctlError('SERVER_TIMEOUT', 'no answer');

interface World {
  readonly clock: FakeClock;
  readonly prober: Prober;
  /** Times of the probes, in milliseconds. */
  readonly asked: number[];
}

/** With the settings mcpctl comes with; `answer` in milliseconds, or what it rejects with. */
function begin(answer: (now: number) => number | McpctlError, more: Partial<ProberOptions> = {}): World {
  const clock = fakeClock();
  const asked: number[] = [];
  const prober = createProber({
    ...DEFAULT_WATCH_SETTINGS,
    server: 'one',
    clock,
    random: () => 0,
    measureStall: () => () => false,
    changed() {},
    async attempt() {
      asked.push(clock.now());
      const found = answer(clock.now());
      if (typeof found !== 'number') throw found;
      return { at: clock.now(), ms: found };
    },
    ...more,
  });
  prober.start('now');
  return { clock, prober, asked };
}

test('asks every 30 s, or up to a fifth sooner, and never later', async () => {
  const plain = begin(() => 5);
  const early = begin(() => 5, { random: () => 0.999 });
  await plain.clock.pass(100_000);
  await early.clock.pass(100_000);

  expect(plain.asked).toEqual([0, 30_000, 60_000, 90_000]);
  expect(early.asked[1]).toBeGreaterThanOrEqual(24_000);
  expect(early.asked[1]).toBeLessThan(24_100);
});

test('a healthy hour passes without a single alarm, also with an answer now and then that is slow', async () => {
  const troubles: unknown[] = [];
  let count = 0;
  const world = begin(
    () => {
      count += 1;
      return count % 10 === 0 ? 4000 : 5;
    },
    { random: Math.random, changed: () => world.prober.trouble && troubles.push(world.prober.trouble) },
  );
  await world.clock.pass(3_600_000);

  expect(count).toBeGreaterThan(120);
  expect(troubles).toEqual([]);
});

test('three failures in a row have the server mended, one has not', async () => {
  const mended: number[] = [];
  let isSilent = true;
  const { clock, prober, asked } = begin((now) => (isSilent && now > 0 ? silent : 5), {
    async mend() {
      mended.push(clock.now());
      isSilent = false;
    },
  });
  await clock.pass(30_000);
  expect(prober.trouble).toBe(silent);
  expect({ isDown: prober.isDown, mended }).toEqual({ isDown: false, mended: [] });

  await clock.pass(5000);
  expect(asked).toEqual([0, 30_000, 32_500, 35_000]);
  expect(mended).toEqual([35_000]);
  await clock.pass(5000);
  expect(prober.trouble).toBeUndefined();
});

/** A server that is silent from some time on, until it is started again within a second. */
function hanging(from: number) {
  const told: { readonly at: number; readonly code: string | undefined }[] = [];
  const clock = fakeClock();
  let isMended = false;
  const prober: Prober = createProber({
    ...DEFAULT_WATCH_SETTINGS,
    server: 'one',
    clock,
    random: () => 0,
    measureStall: () => () => false,
    changed: () => told.push({ at: clock.now(), code: prober.trouble?.code }),
    async attempt(signal, timeoutMs) {
      if (clock.now() < from || isMended) return { at: clock.now(), ms: 5 };
      await pause(clock, timeoutMs, signal);
      throw silent;
    },
    async mend(_, signal) {
      await pause(clock, 1000, signal);
      isMended = true;
      prober.forget();
    },
  });
  prober.start('now');
  return { clock, told };
}

test('a server that hangs is not healthy within 35 s, and works again 10 s later', async () => {
  for (const from of [1, 29_999, 30_001, 59_999]) {
    const { clock, told } = hanging(from);
    await clock.pass(120_000);

    const noticed = told.find(({ code }) => code !== undefined)?.at ?? Number.NaN;
    const worked = told.find(({ at, code }) => at > noticed && code === undefined)?.at ?? Number.NaN;
    expect(noticed - from).toBeLessThanOrEqual(35_000);
    expect(worked - noticed).toBeLessThanOrEqual(10_000);
  }
});

test('a server that works on a call is degraded, and not restarted for it', async () => {
  const busy = new McpctlError('SERVER_SLOW', 'works on a call');
  const mended: number[] = [];
  const { clock, prober, asked } = begin((now) => (now < 25_000 ? busy : 5), {
    mend: async () => void mended.push(1),
  });
  await clock.pass(20_000);
  expect({ trouble: prober.trouble, isDown: prober.isDown }).toEqual({ trouble: busy, isDown: false });

  await clock.pass(10_000);
  expect({ asked, mended }).toEqual({ asked: [0, 5000, 10_000, 15_000, 20_000, 25_000], mended: [] });
  expect(prober.trouble).toBeUndefined();
});

test('what does not work although the server answers is no failure: it is degraded until that is over', async () => {
  const flaw = new McpctlError('SERVER_CALL_FAILED', 'its tool fails');
  const clock = fakeClock();
  const mended: number[] = [];
  const asked: number[] = [];
  const prober = createProber({
    ...DEFAULT_WATCH_SETTINGS,
    server: 'one',
    clock,
    random: () => 0,
    measureStall: () => () => false,
    changed() {},
    mend: async () => void mended.push(1),
    async attempt() {
      asked.push(clock.now());
      return { at: clock.now(), ms: 5, flaw: clock.now() < 60_000 ? flaw : undefined };
    },
  });
  prober.start('now');
  await clock.pass(50_000);
  expect({ trouble: prober.trouble, isDown: prober.isDown }).toEqual({ trouble: flaw, isDown: false });
  expect(prober.last?.ok).toBe(true);

  await clock.pass(20_000);
  expect(prober.trouble).toBeUndefined();
  // Sooner once, since it may have begun to hang.
  expect({ asked, mended }).toEqual({ asked: [0, 5000, 35_000, 65_000], mended: [] });
});

test('what cannot be mended is down, and asked less and less often', async () => {
  const { clock, prober, asked } = begin(() => silent);
  await clock.pass(400_000);

  expect(prober.isDown).toBe(true);
  const waits = asked.map((time, index) => time - (asked[index - 1] ?? 0)).slice(1);
  expect(waits).toEqual([2500, 2500, 30_000, 60_000, 120_000, 120_000]);
});

test('a missing sign-in is no failure: nothing is restarted and nothing is asked more often', async () => {
  const refused = new McpctlError('SIGN_IN_NEEDED', 'sign in');
  const mended: number[] = [];
  const { clock, prober, asked } = begin(() => refused, { mend: async () => void mended.push(1) });
  await clock.pass(95_000);

  expect(prober.trouble).toBe(refused);
  expect({ asked, mended }).toEqual({ asked: [0, 30_000, 60_000, 90_000], mended: [] });
});

test('an answer somebody else got counts from when it was given', async () => {
  const clock = fakeClock();
  const asked: number[] = [];
  const prober = createProber({
    ...DEFAULT_WATCH_SETTINGS,
    server: 'one',
    clock,
    random: () => 0,
    measureStall: () => () => false,
    changed() {},
    async attempt() {
      asked.push(clock.now());
      return { at: Math.max(0, clock.now() - 20_000), ms: 0 };
    },
  });
  prober.start('now');
  await clock.pass(45_000);
  expect(asked).toEqual([0, 30_000, 40_000]);
});

test('what a machine that stands still makes of a server is not believed at once, but in the end', async () => {
  const { clock, prober, asked } = begin((now) => (now === 0 ? 3000 : silent), {
    measureStall: () => () => true,
  });
  await clock.pass(0);
  expect(asked).toEqual([0]);
  await clock.pass(40_000);
  expect(prober.trouble).toBeUndefined();

  await clock.pass(5000);
  expect(asked).toEqual([0, 30_000, 35_000, 40_000, 45_000]);
  expect(prober.trouble).toBe(silent);
});

test('paused it asks nothing, and goes on when it may', async () => {
  const { clock, prober, asked } = begin(() => 5);
  await clock.pass(1000);
  prober.pause();
  await clock.pass(300_000);
  expect(asked).toEqual([0]);
  expect(prober.nextAt).toBeUndefined();

  prober.start('now');
  await clock.pass(1);
  expect(asked).toHaveLength(2);
  prober.stop();
  await clock.pass(300_000);
  expect(asked).toHaveLength(2);
});
