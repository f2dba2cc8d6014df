import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKeychainStore, SIGN_INS } from '../../../src/auth/store/keychain-store.ts';
import type { CredentialStore } from '../../../src/auth/store/store.ts';
import { createPaths } from '../../../src/platform/paths.ts';
import { createKeychain } from '../../../src/secrets/keychain.ts';
import { MCPCTL, temporaryFolder } from '../../support/cli.ts';
import { Crash, type FakeEntries, fakeEntries } from '../../support/entries.ts';
import { type SecretService, startSecretService } from '../../support/secret-service.ts';
import { keepsSignIns } from './store-contract.ts';

const ID = '0123456789abcdef0123456789abcdef';

let service: SecretService;
beforeAll(async () => {
  service = await startSecretService();
  // The native library reads the address from the process, once.
  Object.assign(process.env, service.env);
});
afterAll(async () => await service.stop());

async function keychainIn(home: string, entries?: FakeEntries): Promise<CredentialStore> {
  const paths = createPaths({ platform: 'linux', home, env: {} });
  const options = {
    paths,
    platform: 'linux',
    env: {},
    script: MCPCTL,
    canAsk: false,
    part: SIGN_INS,
  } as const;
  return createKeychainStore(async () => createKeychain({ ...options, ...(entries && { entries }) }));
}

/** The Secret Service outlives a test, so what an earlier one left goes first. */
async function emptied(store: CredentialStore): Promise<void> {
  await store.delete(ID);
  await store.delete('fedcba9876543210fedcba9876543210');
}

keepsSignIns('real keychain', async () => {
  const home = await temporaryFolder();
  await emptied(await keychainIn(home));
  return async () => await keychainIn(home);
});

keepsSignIns('keychain of 1280 units an item', async () => {
  const home = await temporaryFolder();
  const entries = fakeEntries();
  return async () => await keychainIn(home, entries);
});

const OLD = `{"refresh":"${'old-'.repeat(1_500)}"}`;
const NEXT = `{"refresh":"${'next'.repeat(1_500)}"}`;

test('the Secret Service keeps a sign-in as one item', async () => {
  const store = await keychainIn(await temporaryFolder());
  await emptied(store);

  await store.write(ID, OLD);

  expect(await store.read(ID)).toBe(OLD);
  expect(await service.count(SIGN_INS.service)).toBe(1);
});

test('a crash at any step of a write leaves the old sign-in or the new, and the next write no debris', async () => {
  let crashes = 0;
  for (let steps = 0; ; steps += 1) {
    const home = await temporaryFolder();
    const entries = fakeEntries();
    const store = await keychainIn(home, entries);
    await store.write(ID, OLD);
    const size = entries.items.size;
    entries.stepsLeft = steps;
    const finished = await store.write(ID, NEXT).then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof Crash)) throw error;
        return false;
      },
    );
    entries.stepsLeft = Number.POSITIVE_INFINITY;

    expect([OLD, NEXT]).toContain(await store.read(ID));
    await store.write(ID, NEXT);
    expect([...entries.items.keys()].filter((account) => !account.startsWith('probe#'))).toHaveLength(size);
    if (finished) break;
    crashes += 1;
  }
  expect(crashes).toBeGreaterThan(10);
});

test('reads a record with a missing part as corrupt, and can still delete and replace it', async () => {
  const entries = fakeEntries();
  const store = await keychainIn(await temporaryFolder(), entries);
  await store.write(ID, OLD);
  entries.items.delete([...entries.items.keys()].find((account) => account.endsWith('#2')) ?? '');

  await expect(store.read(ID)).rejects.toMatchObject({ code: 'CREDENTIAL_CORRUPT', data: { id: ID } });
  await store.write(ID, NEXT);
  expect(await store.read(ID)).toBe(NEXT);
  expect(await store.delete(ID)).toBe(true);
  expect([...entries.items.keys()]).toEqual([]);
});

test('no secret command, and no reference of a manifest, sees a sign-in', async () => {
  const home = await temporaryFolder();
  const paths = createPaths({ platform: 'linux', home, env: {} });
  const secrets = createKeychain({ paths, platform: 'linux', env: {}, script: MCPCTL, canAsk: false });
  const store = await keychainIn(home);
  await store.write(ID, OLD);

  expect(await secrets.names()).toEqual([]);
  expect(await secrets.get(`sign-in-${ID}`)).toBeUndefined();
  expect(await secrets.delete(`sign-in-${ID}`)).toBe(false);
  await expect(secrets.get(`sign-in-${ID}#0`)).resolves.toBeUndefined();
  expect(await store.read(ID)).toBe(OLD);
});
