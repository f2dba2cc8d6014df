import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Credential } from '../../../src/auth/credential.ts';
import { credentialCorrupt } from '../../../src/auth/store/corrupt.ts';
import { credentialId } from '../../../src/auth/store/credential-row.ts';
import { type Credentials, createCredentials } from '../../../src/auth/store/credentials.ts';
import { createMemoryStore } from '../../../src/auth/store/memory-store.ts';
import type { CredentialStore } from '../../../src/auth/store/store.ts';
import { McpctlError } from '../../../src/core/errors.ts';
import { createPaths } from '../../../src/platform/paths.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { aCredential } from '../../support/credential.ts';

const NOW = 1_700_000_000_000;

function credential(changes: Partial<Credential> = {}): Credential {
  return aCredential('example', { url: 'https://mcp.example.test/mcp?key=canary-query', ...changes });
}

interface World {
  readonly home: string;
  readonly index: string;
  readonly stores: Map<string, CredentialStore>;
  /** As another process would see the same files and stores. */
  open(): Credentials;
}

/** The named stores are memory stores that stand for lasting ones. */
async function world(): Promise<World> {
  const home = await temporaryFolder();
  const paths = createPaths({ platform: 'linux', home, env: {} });
  const stores = new Map<string, CredentialStore>();
  for (const name of ['keychain', 'file', 'memory']) stores.set(name, { ...createMemoryStore(), name });
  const openStore = async (name: string): Promise<CredentialStore> => {
    const store = stores.get(name);
    if (!store) throw new Error(`no ${name}`);
    return store;
  };
  const open = () => createCredentials({ paths, openStore, defaultStore: async () => 'keychain' });
  return { home, index: join(paths.state, 'sign-ins.json'), stores, open };
}

const WHERE = { url: credential().url, profile: 'example' };

test('finds, reads and removes what was saved, also from another process', async () => {
  const { open } = await world();
  const saved = await open().save(credential());
  const row = await open().find(WHERE);

  expect(saved.generation).toBe(1);
  expect(row).toMatchObject({
    id: credentialId(credential()),
    store: 'keychain',
    server: 'example',
    generation: 1,
    scopes: ['read'],
    hasRefreshToken: true,
    expiresAt: NOW + 3_600_000,
    account: 'ada@example.test',
  });
  if (!row) throw new Error('no row');
  expect(await open().read(row)).toEqual(saved);
  expect(await open().remove(row)).toBe(true);
  expect(await open().remove(row)).toBe(false);
  expect(await open().list()).toEqual([]);
  expect(await open().read(row)).toBeUndefined();
});

test('keeps addresses, issuers and profiles apart, and finds the latest sign-in', async () => {
  const { open } = await world();
  const elsewhere = { issuer: 'https://other.example.test', signedInAt: NOW + 1 };
  await open().save(credential());
  await open().save(credential(elsewhere));
  await open().save(credential({ profile: 'work', signedInAt: NOW + 2 }));

  expect(await open().list()).toHaveLength(3);
  expect(await open().find(WHERE)).toMatchObject(elsewhere);
  expect(await open().find({ ...WHERE, profile: 'work' })).toMatchObject({ profile: 'work' });
  expect(await open().find({ ...WHERE, url: `${WHERE.url}2` })).toBeUndefined();
});

test('the index is for its owner alone and holds no secret, not even one in the address', async () => {
  const { open, home, index } = await world();
  await open().save(credential());

  expect((await stat(index)).mode & 0o777).toBe(0o600);
  for (const path of await readdir(home, { recursive: true })) {
    const file = join(home, path);
    if ((await stat(file)).isFile()) expect(await readFile(file, 'utf8')).not.toContain('canary');
  }
  expect(await open().find(WHERE)).toMatchObject({ url: 'https://mcp.example.test/mcp' });
});

test('every save has a generation above all before it, whoever saves', async () => {
  const { open } = await world();
  const first = await open().save(credential());
  const second = await open().save(first);
  const anew = await open().save(credential());

  expect([first, second, anew].map(({ generation }) => generation)).toEqual([1, 2, 3]);
});

test('a known sign-in stays where it is unless another store is named; then the first one loses it', async () => {
  const { open, stores } = await world();
  const id = credentialId(credential());
  const saved = await open().save(credential(), { store: 'file' });
  await open().save(saved);
  expect(await stores.get('keychain')?.read(id)).toBeUndefined();

  await open().save(saved, { store: 'keychain' });

  expect(await stores.get('file')?.read(id)).toBeUndefined();
  expect(await open().find(WHERE)).toMatchObject({ store: 'keychain' });
});

test('a store that cannot be cleared on leaving is remembered, and cleared when it works again', async () => {
  const { open, stores } = await world();
  const id = credentialId(credential());
  const saved = await open().save(credential());
  const keychain = stores.get('keychain');
  if (!keychain) throw new Error('no keychain');
  const broken = async (): Promise<never> => {
    throw new McpctlError('KEYCHAIN_UNAVAILABLE', 'It is broken.');
  };
  stores.set('keychain', { ...keychain, read: broken, write: broken, delete: broken });

  const moved = await open().save(saved, { store: 'file' });
  expect(await open().find(WHERE)).toMatchObject({ store: 'file', formerStores: ['keychain'] });
  await expect(open().remove({ id, store: 'file' })).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' });
  expect(await open().find(WHERE)).toBeDefined();
  stores.set('keychain', keychain);
  await open().save(moved);

  expect(await keychain.read(id)).toBeUndefined();
  expect((await open().find(WHERE))?.formerStores).toBeUndefined();
});

const DAMAGE: Record<string, (index: string) => Promise<void>> = {
  'is gone': async (index) => await rm(index),
  'is cut': async (index) => await writeFile(index, (await readFile(index, 'utf8')).slice(0, -20)),
  'is something else': async (index) => await writeFile(index, '[]'),
  'has a broken row': async (index) =>
    await writeFile(index, (await readFile(index, 'utf8')).replace('"place"', '"plaice"')),
};

for (const [name, damage] of Object.entries(DAMAGE)) {
  test(`when the index ${name}, every sign-in is found in its store, and the index made anew`, async () => {
    const { open, index } = await world();
    const saved = await open().save(credential());
    const other = credential({ profile: 'work' });
    await open().save(other, { store: 'file' });
    const rows = await open().list();
    await damage(index);

    expect(await open().read({ id: credentialId(saved), store: 'keychain' })).toEqual(saved);
    expect(await open().find(WHERE)).toMatchObject({ store: 'keychain' });
    await damage(index);
    await open().save(saved);

    expect(await open().list()).toEqual([{ ...rows[0], generation: 2 }, rows[1]]);
    expect(JSON.parse(await readFile(index, 'utf8'))).toMatchObject({ isWhole: true });
  });
}

test('when the index is gone and a store is locked, nobody counts as signed out, and others can still be saved', async () => {
  const { open, index, stores } = await world();
  await open().save(credential());
  const keychain = stores.get('keychain');
  if (!keychain) throw new Error('no keychain');
  await rm(index);
  const locked = async (): Promise<never> => {
    throw new McpctlError('KEYCHAIN_UNAVAILABLE', 'It is locked.');
  };
  stores.set('keychain', { ...keychain, read: locked });

  await expect(open().find(WHERE)).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' });
  await open().save(credential({ profile: 'work' }), { store: 'file' });
  await expect(open().list()).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' });
  stores.set('keychain', keychain);

  expect(await open().list()).toHaveLength(2);
});

test('of two copies of a sign-in the later one counts; a broken one is left out', async () => {
  const { open, index, stores } = await world();
  const saved = await open().save(credential(), { store: 'file' });
  await stores.get('keychain')?.write(credentialId(saved), JSON.stringify({ ...saved, generation: 7 }));
  await stores.get('file')?.write('0'.repeat(32), '{}');
  await rm(index);

  expect(await open().list()).toMatchObject([{ store: 'keychain', generation: 7 }]);
});

test.each([
  ['cut', (text: string) => text.slice(0, -5)],
  ['of another kind', () => '{"version":2}'],
  ['without its issuer', (text: string) => text.replace('"issuer"', '"issued"')],
  ['of another sign-in', (text: string) => text.replace('"profile":"example"', '"profile":"work"')],
])(
  'a record that is %s is corrupt and names the server, and does not count as signed out',
  async (_, damage) => {
    const { open, stores } = await world();
    const saved = await open().save(credential());
    const row = { id: credentialId(saved), store: 'keychain' };
    await stores.get('keychain')?.write(row.id, damage(JSON.stringify(saved)));

    await expect(open().read(row)).rejects.toMatchObject({
      code: 'CREDENTIAL_CORRUPT',
      message: expect.stringContaining('to example cannot be used'),
      hint: 'Sign in again: mcpctl auth login example',
      data: { id: row.id, server: 'example' },
    });
  },
);

test('names the server when the store itself finds the damage', async () => {
  const { open, stores } = await world();
  const saved = await open().save(credential());
  const keychain = stores.get('keychain') ?? createMemoryStore();
  const read = async (id: string): Promise<never> => {
    throw credentialCorrupt(id, 'a part is missing');
  };
  stores.set('keychain', { ...keychain, read });

  await expect(open().read({ id: credentialId(saved), store: 'keychain' })).rejects.toMatchObject({
    message: 'The stored sign-in to example cannot be used: a part is missing.',
  });
});

test('a sign-in kept in memory works where nothing can be written, lock included', async () => {
  const { open, home } = await world();
  await chmod(home, 0o500);
  const credentials = open();
  const id = credentialId(credential());
  const order: number[] = [];

  await Promise.all(
    [1, 2].map(async (turn) =>
      credentials.withLock(
        id,
        async () => {
          await new Promise(setImmediate);
          order.push(turn, turn);
        },
        { store: 'memory' },
      ),
    ),
  );
  await credentials.save(credential(), { store: 'memory' });

  expect(order).toEqual([1, 1, 2, 2]);
  expect(await credentials.find(WHERE)).toMatchObject({ store: 'memory' });
  expect(await credentials.remove({ id, store: 'memory' })).toBe(true);
  expect(await credentials.list()).toEqual([]);
  expect(await readdir(home)).toEqual([]);
});

test('the lock of a sign-in leaves nothing behind and stops waiting when cancelled', async () => {
  const { open, home } = await world();
  const id = credentialId(credential());
  const cancel = new AbortController();

  await open().withLock(id, async () => {
    const waiting = open().withLock(id, async () => {}, { signal: cancel.signal });
    cancel.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  const files = await readdir(home, { recursive: true });
  expect(files.filter((name) => name.includes('.lock'))).toEqual([]);
});
