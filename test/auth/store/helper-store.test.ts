import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createHelperStore } from '../../../src/auth/store/helper-store.ts';
import type { CredentialStore } from '../../../src/auth/store/store.ts';
import { execute } from '../../../src/platform/execute.ts';
import { createPaths } from '../../../src/platform/paths.ts';
import { MCPCTL, temporaryFolder } from '../../support/cli.ts';
import { type SecretService, startSecretService } from '../../support/secret-service.ts';
import { keepsSignIns } from './store-contract.ts';

const PATH = process.env.PATH ?? '';
const ID = '0123456789abcdef0123456789abcdef';
const STAND_IN = fileURLToPath(new URL('../../fixtures/auth/credential-helper.mjs', import.meta.url));

let service: SecretService;
beforeAll(async () => {
  service = await startSecretService();
});
afterAll(async () => await service.stop());

interface Helped {
  readonly home: string;
  readonly program: string;
  readonly env: Record<string, string>;
  readonly deadlineMs?: number;
}

function helped({ home, program, env, deadlineMs = 60_000 }: Helped): CredentialStore {
  const paths = createPaths({ platform: 'linux', home, env: {} });
  return createHelperStore({
    program,
    env,
    paths,
    platform: 'linux',
    script: MCPCTL,
    canAsk: false,
    execute: async () => execute,
    deadlineMs,
  });
}

/** A machine whose only helper is the stand-in. */
async function standIn(): Promise<Helped & { readonly folder: string }> {
  const home = await temporaryFolder();
  const [bin, folder] = [join(home, 'bin'), join(home, 'items')];
  await mkdir(bin);
  await mkdir(folder);
  await symlink(STAND_IN, join(bin, 'docker-credential-standin'));
  const env = { PATH: `${bin}${delimiter}${PATH}`, STANDIN_FOLDER: folder };
  return { home, folder, program: 'standin', env };
}

keepsSignIns('docker-credential-secretservice', async () => {
  const home = await temporaryFolder();
  const machine = { home, program: 'secretservice', env: { PATH, HOME: home, ...service.env } };
  await helped(machine).delete(ID);
  await helped(machine).delete('fedcba9876543210fedcba9876543210');
  return async () => helped(machine);
});

keepsSignIns('strict stand-in', async () => {
  const machine = await standIn();
  return async () => helped(machine);
});

const MODES = {
  fail: /failed to (get|store) a value \(exit status 1\)/,
  'fail for this item': /failed to get a value \(exit status 1\)/,
  crash: /ended by a signal|ended before/,
  garbage: /did not answer with JSON/,
  'no-secret': /answered without a secret/,
  forget: /accepted a test value and did not return it/,
};

for (const [mode, message] of Object.entries(MODES)) {
  test(`a helper that will ${mode} is named, and counts neither as empty nor as done`, async () => {
    const { home, folder, ...machine } = await standIn();
    const store = helped({ ...machine, home, env: { ...machine.env, STANDIN_MODE: mode } });

    for (const attempt of [
      () => store.read(ID),
      () => store.write(ID, 'canary-value'),
      () => store.delete(ID),
    ]) {
      const error: Error = await attempt().then(
        () => expect.fail('it succeeded'),
        (reason: Error) => reason,
      );
      expect(error).toMatchObject({
        code: 'CREDENTIAL_HELPER_FAILED',
        message: expect.stringMatching(message),
        data: { program: 'docker-credential-standin' },
      });
      expect(error.cause).toBeUndefined();
      expect(JSON.stringify([error, error.message])).not.toContain('canary');
    }
    expect((await readdir(folder)).filter((name) => name.endsWith('.item'))).toEqual([]);
  });
}

test('a helper that answers with an empty value has none', async () => {
  const machine = await standIn();
  const store = helped({ ...machine, env: { ...machine.env, STANDIN_MODE: 'empty when absent' } });

  expect(await store.read(ID)).toBeUndefined();
  expect(await store.delete(ID)).toBe(false);
  await store.write(ID, 'value');
  expect(await store.read(ID)).toBe('value');
  expect(await store.delete(ID)).toBe(true);
  expect(await store.read(ID)).toBeUndefined();
});

test('a helper that hangs is ended at its deadline', async () => {
  const machine = await standIn();
  const store = helped({ ...machine, env: { ...machine.env, STANDIN_MODE: 'hang' }, deadlineMs: 500 });

  await expect(store.read(ID)).rejects.toMatchObject({
    code: 'CREDENTIAL_HELPER_FAILED',
    message: expect.stringContaining('did not answer within 0.5 s'),
  });
});

test('a missing helper is named with what installs it', async () => {
  const machine = await standIn();
  const store = helped({ ...machine, program: 'nowhere' });

  await expect(store.write(ID, 'value')).rejects.toMatchObject({
    code: 'CREDENTIAL_HELPER_FAILED',
    message: 'There is no docker-credential-nowhere on PATH.',
  });
});

const KEYRINGS: Record<string, (own: SecretService) => Promise<Record<string, string>>> = {
  'is gone': async (own) => ({ ...own.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }),
  'is locked': async (own) => {
    await own.lock();
    return own.env;
  },
  hangs: async (own) => {
    own.pause();
    return own.env;
  },
};

for (const [state, arrange] of Object.entries(KEYRINGS)) {
  test(`a real helper whose keyring ${state} fails, and is not taken for empty`, async () => {
    const home = await temporaryFolder();
    const own = await startSecretService();
    onTestFinished(own.stop);
    const env = { PATH, HOME: home, ...(await arrange(own)) };
    const store = helped({ home, program: 'secretservice', env, deadlineMs: 3_000 });

    await expect(store.read(ID)).rejects.toMatchObject({ code: 'CREDENTIAL_HELPER_FAILED' });
    await expect(store.write(ID, 'value')).rejects.toMatchObject({ code: 'CREDENTIAL_HELPER_FAILED' });
  });
}

test('no value is ever an argument, and deleting leaves no piece of it', async () => {
  const { folder, ...machine } = await standIn();
  const store = helped(machine);
  await store.write(ID, 'canary'.repeat(400));
  await store.write(ID, 'canary'.repeat(400));
  await store.delete(ID);

  const words = new Set((await readFile(join(folder, 'argv.log'), 'utf8')).trim().split('\n'));
  expect([...words].sort()).toEqual(['["erase"]', '["get"]', '["store"]']);
  expect(await readdir(folder)).toEqual(['argv.log']);
});
