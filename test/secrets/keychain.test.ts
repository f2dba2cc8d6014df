import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createPaths } from '../../src/platform/paths.ts';
import type { EntryStore } from '../../src/secrets/entry-store.ts';
import { createKeychain, type Keychain } from '../../src/secrets/keychain.ts';
import { MCPCTL, temporaryFolder } from '../support/cli.ts';
import { type SecretService, startSecretService } from '../support/secret-service.ts';

const PATH = process.env.PATH ?? '';
let driver: string;

beforeAll(async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mcpctl-driver-')));
  onDriverDone = async () => await rm(folder, { recursive: true, force: true });
  driver = join(folder, 'driver.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../fixtures/secrets/keychain-driver.ts', import.meta.url))],
    outfile: driver,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
});
let onDriverDone = async (): Promise<void> => {};
afterAll(async () => await onDriverDone());

async function service(options?: { unlocked: boolean }): Promise<SecretService> {
  const started = await startSecretService(options);
  onTestFinished(started.stop);
  return started;
}

type Step = [operation: 'set' | 'get' | 'delete' | 'names', name?: string, value?: string];

interface Outcome {
  readonly value?: unknown;
  readonly code?: string;
  readonly ms: number;
}

interface DriverRun {
  readonly home: string;
  readonly env?: Record<string, string>;
  readonly script?: string;
  /** Where its native part runs. */
  readonly place?: (typeof PLACES)[number];
}

const PLACES = ['thread', 'process'] as const;

/** In its own process: the native library reads the bus address from there, once. */
async function drive(
  steps: Step[],
  { home, env = {}, script = MCPCTL, place = 'thread' }: DriverRun,
): Promise<Outcome[]> {
  const child = spawn(process.execPath, [driver, home, script, place], {
    env: { PATH, ...env },
    stdio: 'pipe',
    timeout: 20_000,
  });
  child.stdin.end(JSON.stringify(steps.map(([operation, name = '', value]) => ({ operation, name, value }))));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === '') throw new Error(errors);
  return JSON.parse(output) as Outcome[];
}

const valuesOf = (outcomes: Outcome[]): unknown[] =>
  outcomes.map((outcome) => outcome.value ?? outcome.code ?? null);

const LONG = `${'a'.repeat(1199)}😀${'ß\n"\\\0'.repeat(900)}`;

test.each(PLACES)('keeps values of every kind and length in a real Secret Service: %s', async (place) => {
  const running = await service();
  const home = await temporaryFolder();
  const values = { A: 'x', B: '', C: LONG, D: '\ud800 lone', E: '{"v":1,"value":"nested"}' };
  const sets = Object.entries(values).map(([name, value]): Step => ['set', name, value]);
  const gets = Object.keys(values).map((name): Step => ['get', name]);

  const first = await drive([...sets, ...gets], { home, env: running.env, place });
  expect(valuesOf(first).slice(sets.length)).toEqual(Object.values(values));
  await running.restart();
  expect(valuesOf(await drive(gets, { home, env: running.env, place }))).toEqual(Object.values(values));

  const last: Step[] = [['names'], ['delete', 'C'], ['delete', 'C'], ['get', 'C'], ['names']];
  expect(valuesOf(await drive(last, { home, env: running.env }))).toEqual([
    ['A', 'B', 'C', 'D', 'E'],
    true,
    false,
    null,
    ['A', 'B', 'D', 'E'],
  ]);
  const left = await filesUnder(home);
  expect(left.join('\n')).not.toContain('nested');
  expect(left.join('\n')).not.toContain('aaaa');
});

test('survives four writers of the same name', async () => {
  const { env } = await service();
  const home = await temporaryFolder();

  const outcomes = await Promise.all(
    ['1', '2', '3', '4'].map(
      async (digit) => await drive([['set', 'SHARED', digit.repeat(3000)]], { home, env }),
    ),
  );

  expect(outcomes.flat().map(({ code }) => code)).toEqual([undefined, undefined, undefined, undefined]);
  expect(valuesOf(await drive([['get', 'SHARED']], { home, env }))).toEqual([
    expect.stringMatching(/^(\d)\1{2999}$/),
  ]);
});

interface Fault {
  readonly reason: string;
  readonly message: RegExp;
  arrange(): Promise<Omit<DriverRun, 'home'>>;
}

const faults: Record<string, Fault> = {
  'no D-Bus session': { reason: 'no-session', message: /no D-Bus session/, arrange: async () => ({}) },
  'a bus nobody listens on': {
    reason: 'no-session',
    message: /no D-Bus session/,
    arrange: async () => ({ env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' } }),
  },
  'a keyring that was never unlocked': {
    reason: 'never-unlocked',
    message: /never unlocked/,
    arrange: async () => await service({ unlocked: false }),
  },
  'a locked keyring': {
    reason: 'locked',
    message: /locked/,
    arrange: async () => {
      const running = await service();
      await running.lock();
      return running;
    },
  },
  'a service that hangs': {
    reason: 'no-answer',
    message: /not answer/,
    arrange: async () => {
      const running = await service();
      running.pause();
      return running;
    },
  },
  'a missing worker': {
    reason: 'no-module',
    message: /@napi-rs\/keyring does not load/,
    arrange: async () => ({ script: '/nonexistent/bin/mcpctl.js' }),
  },
};

for (const [name, { reason, message, arrange }] of Object.entries(faults)) {
  const title = `${name}, %s: a named error in time, null is not taken for absence, nothing is left`;
  test.each(PLACES)(title, async (place) => {
    const home = await temporaryFolder();
    const { env = {}, script = MCPCTL } = await arrange();
    const steps: Step[] = [
      ['set', 'K', 'value-7'],
      ['get', 'K'],
      ['delete', 'K'],
    ];

    const outcomes = await drive(steps, { home, env, script, place });

    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        code: 'KEYCHAIN_UNAVAILABLE',
        message: expect.stringMatching(message),
        hint: expect.stringContaining('--store env'),
        data: { reason },
      });
      // The keychain gets 4 s; a busy machine needs some to start a worker.
      expect(outcome.ms).toBeLessThan(20_000);
    }
    expect(await filesUnder(home)).toEqual([]);
  });
}

/** Names and contents of every file under the folder. */
async function filesUnder(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return await Promise.all(
    found
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        return `${path}\n${await readFile(path, 'utf8')}`;
      }),
  );
}

async function fakeKeychain(entries: EntryStore): Promise<Keychain> {
  const home = await temporaryFolder();
  const paths = createPaths({ platform: 'linux', home, env: {} });
  return createKeychain({ paths, platform: 'linux', env: {}, script: MCPCTL, canAsk: false, entries });
}

test('does not mistake a keychain that forgets for one without the value', async () => {
  const forgetful = await fakeKeychain({
    read: async () => null,
    write: async () => {},
    delete: async () => false,
  });

  for (const attempt of [() => forgetful.get('K'), () => forgetful.set('K', 'v')]) {
    await expect(attempt()).rejects.toMatchObject({
      code: 'KEYCHAIN_UNAVAILABLE',
      data: { reason: 'forgets' },
    });
  }
});

test('refuses names other platforms or its own layout could not keep', async () => {
  const items = new Map<string, string>();
  const kept = await fakeKeychain({
    read: async (account) => items.get(account) ?? null,
    write: async (account, value) => void items.set(account, value),
    delete: async (account) => items.delete(account),
  });

  for (const name of ['', 'a b', 'a#1', '1st', 'x'.repeat(129)]) {
    await expect(kept.set(name, 'v')).rejects.toMatchObject({ code: 'SECRET_UNSUITABLE' });
  }
  await kept.set('a.b-c', 'v');
  expect([...items.keys()]).toEqual(['a.b-c']);
});

test('stops waiting when cancelled', async () => {
  const home = await temporaryFolder();
  const paths = createPaths({ platform: 'linux', home, env: {} });
  const kept = createKeychain({ paths, platform: 'linux', env: {}, script: MCPCTL, canAsk: false });

  await expect(kept.get('K', AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
});
