import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createPaths } from '../../../src/platform/paths.ts';
import { MCPCTL, temporaryFolder } from '../../support/cli.ts';
import { createRandom } from '../../support/random.ts';
import { type SecretService, startSecretService } from '../../support/secret-service.ts';

const PATH = process.env.PATH ?? '';
let folder: string;
let driver: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'mcpctl-driver-')));
  driver = join(folder, 'driver.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../../fixtures/auth/credentials-driver.ts', import.meta.url))],
    outfile: driver,
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: 'error',
  });
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

interface Step {
  readonly operation: 'save' | 'read' | 'remove' | 'find' | 'list' | 'check' | 'count';
  readonly server?: string;
  readonly store?: string;
}

interface Outcome {
  // biome-ignore lint/suspicious/noExplicitAny: each operation has its own answer; tests assert on it.
  readonly value?: any;
  readonly code?: string;
  readonly hint?: string;
  readonly data?: unknown;
  readonly ms: number;
}

/** One process of mcpctl. */
async function drive(home: string, env: Record<string, string>, steps: Step[]): Promise<Outcome[]> {
  const child = spawn(process.execPath, [driver, home, MCPCTL], {
    env: { PATH, ...env },
    stdio: 'pipe',
    timeout: 55_000,
  });
  child.stdin.end(JSON.stringify(steps.map((step) => ({ server: 'linear', ...step }))));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === '') throw new Error(errors);
  return JSON.parse(output) as Outcome[];
}

async function service(options?: { unlocked: boolean }): Promise<SecretService> {
  const started = await startSecretService(options);
  onTestFinished(started.stop);
  return started;
}

/** Names and contents of every file under the folder. */
async function filesUnder(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of await readdir(root, { recursive: true })) {
    const path = join(root, name);
    if ((await stat(path)).isFile()) files.set(name, await readFile(path, 'latin1'));
  }
  return files;
}

describe('without a keychain that works there is a named error in time, three ways out, and nothing written:', () => {
  const faults: Record<string, { reason: string; arrange(): Promise<Record<string, string>> }> = {
    'no D-Bus session': { reason: 'no-session', arrange: async () => ({}) },
    'a keyring that was never unlocked, which answers null': {
      reason: 'never-unlocked',
      arrange: async () => (await service({ unlocked: false })).env,
    },
    'a locked keyring': {
      reason: 'locked',
      arrange: async () => {
        const running = await service();
        await running.lock();
        return running.env;
      },
    },
    'a keyring that hangs': {
      reason: 'no-answer',
      arrange: async () => {
        const running = await service();
        running.pause();
        return running.env;
      },
    },
  };
  for (const [name, { reason, arrange }] of Object.entries(faults)) {
    test(name, async () => {
      const home = await temporaryFolder();
      const env = await arrange();

      const outcomes = await drive(home, env, [
        { operation: 'check' },
        { operation: 'save' },
        { operation: 'read' },
        { operation: 'remove' },
      ]);

      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE', data: { reason } });
        for (const way of ['--store file', '--store helper:', '--store memory'])
          expect(outcome.hint).toContain(way);
        // The keychain gets 4 s; a busy machine needs some to start a worker.
        expect(outcome.ms).toBeLessThan(20_000);
      }
      expect([...(await filesUnder(home)).keys()]).toEqual([]);
    });
  }
});

test('a locked keyring takes no sign-in away, and its values are in no other file', async () => {
  const running = await service();
  const home = await temporaryFolder();
  const [saved] = await drive(home, running.env, [{ operation: 'save' }]);
  await running.lock();

  const [found, read, removed] = await drive(home, running.env, [
    { operation: 'find' },
    { operation: 'read' },
    { operation: 'remove' },
  ]);
  expect(found?.value).toMatchObject({ server: 'linear', store: 'keychain' });
  expect([read?.code, removed?.code]).toEqual(['KEYCHAIN_UNAVAILABLE', 'KEYCHAIN_UNAVAILABLE']);
  await running.restart();

  const [again] = await drive(home, running.env, [{ operation: 'read' }]);
  expect(again?.value).toEqual(saved?.value);
  for (const content of (await filesUnder(home)).values()) expect(content).not.toContain('canary');
});

const SERVERS = ['linear', 'notion', 'sentry', 'atlassian', 'github'];

for (const store of ['keychain', 'file']) {
  test(`fifty concurrent sign-ins and sign-outs leave the ${store} and the index in step, and no debris`, async () => {
    const running = await service();
    const home = await temporaryFolder();
    const random = createRandom(38);
    const steps = (): Step[] =>
      Array.from({ length: 10 }, () => ({
        operation: random.once(2) ? 'save' : 'remove',
        server: random.pick(SERVERS),
        store,
      }));

    const done = await Promise.all(SERVERS.map(async () => await drive(home, running.env, steps())));
    expect(done.flat().filter(({ code }) => code !== undefined)).toEqual([]);
    const ask = (operation: Step['operation']): Step[] =>
      SERVERS.map((server) => ({ operation, server, store }));
    const found = await drive(home, running.env, ask('find'));
    const read = await drive(home, running.env, ask('read'));

    expect(read.map(({ value }) => value !== null)).toEqual(found.map(({ value }) => value !== null));
    expect(read.map(({ value }) => value?.generation)).toEqual(found.map(({ value }) => value?.generation));
    await drive(home, running.env, ask('remove'));
    expect(await running.count('mcpctl-sign-ins')).toBe(0);
    const left = [...(await filesUnder(home)).keys()]
      .map((path) => path.slice(path.lastIndexOf('/') + 1))
      .sort();
    expect(left).toEqual(
      store === 'file'
        ? ['key.json', 'sign-ins.json', 'sign-ins.key']
        : ['keychain-sign-ins.json', 'sign-ins.json'],
    );
    const { state } = createPaths({ platform: 'linux', home, env: {} });
    for (const file of ['sign-ins.json', 'keychain-sign-ins.json']) {
      const content = await readFile(join(state, file), 'utf8').catch(() => '{}');
      expect(JSON.parse(content)).not.toHaveProperty('signIns.0');
      expect(JSON.parse(content)).not.toHaveProperty('names.0');
    }
  });
}

test('under its lock a sign-in is read, changed and saved by one process at a time', async () => {
  const home = await temporaryFolder();
  const steps = Array.from({ length: 8 }, (): Step => ({ operation: 'count', store: 'file' }));

  await Promise.all([1, 2, 3, 4, 5].map(async () => await drive(home, {}, steps)));

  const [last] = await drive(home, {}, [{ operation: 'read', store: 'file' }]);
  expect(last?.value).toMatchObject({ account: '40', generation: 40 });
});
