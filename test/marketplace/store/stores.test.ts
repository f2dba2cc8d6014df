import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFileStore } from '../../../src/marketplace/store/file-store.ts';
import { openPostgresStore } from '../../../src/marketplace/store/postgres-store.ts';
import type { RegistryStore } from '../../../src/marketplace/store/store.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { type Postgres, startPostgres } from '../../support/postgres.ts';
import { keepsItsContract, newName, publishing } from './contract.ts';

describe('a store in a folder', () => {
  let folder: string;
  let store: RegistryStore;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcpctl-store-'));
    store = await openFileStore(folder);
  });
  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  keepsItsContract({ store: () => store, again: () => openFileStore(folder, { isReadOnly: true }) });

  test('drops a line its writer did not finish, and goes on behind what is whole', async () => {
    const cut = await temporaryFolder();
    const first = await openFileStore(cut);
    await first.change(() => publishing('io.test/whole'));
    await first.close();
    await appendFile(join(cut, 'journal.jsonl'), '{"kind":"published","at":"2026');
    const second = await openFileStore(cut);
    await second.change(() => publishing('io.test/after'));
    await second.close();

    const names = (await (await openFileStore(cut, { isReadOnly: true })).read())
      .all()
      .map(({ name }) => name);
    expect(names).toEqual(['io.test/after', 'io.test/whole']);
    expect(await readFile(join(cut, 'journal.jsonl'), 'utf8')).toMatch(/^(\{.+\}\n){2}$/);
  });

  test('leaves alone a journal with a damaged line, and says which', async () => {
    const damaged = await temporaryFolder();
    const journal = join(damaged, 'journal.jsonl');
    const first = await openFileStore(damaged);
    await first.change(() => publishing('io.test/one'));
    await first.change(() => publishing('io.test/two'));
    await first.close();
    const text = await readFile(journal, 'utf8');
    await writeFile(journal, text.replace('"kind":"published"', '"kind":"publ!shed"'));

    await expect(openFileStore(damaged)).rejects.toMatchObject({
      code: 'REGISTRY_DATA_BROKEN',
      data: { path: journal, line: 1 },
    });
    expect((await readFile(journal, 'utf8')).length).toBe(text.length);
  });

  test('says so when there is none to read', async () => {
    await expect(
      openFileStore(join(await temporaryFolder(), 'none'), { isReadOnly: true }),
    ).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
  });

  test('reads as far as lines are whole while another process writes', async () => {
    const shared = await temporaryFolder();
    const writer = await openFileStore(shared);
    await writer.change(() => publishing('io.test/one'));
    await writer.change(() => publishing('io.test/two'));
    await truncate(join(shared, 'journal.jsonl'), (await readFile(join(shared, 'journal.jsonl'))).length - 5);

    const reader = await openFileStore(shared, { isReadOnly: true });
    expect((await reader.read()).all().map(({ name }) => name)).toEqual(['io.test/one']);
    await writer.close();
  });
});

describe('a store in PostgreSQL', () => {
  let postgres: Postgres;
  let store: RegistryStore;
  const open = async (): Promise<RegistryStore> =>
    await openPostgresStore({ url: postgres.owner, timeoutMs: 60_000 });
  beforeAll(async () => {
    postgres = await startPostgres('reader');
    store = await open();
  });
  afterAll(async () => {
    await store.close();
    await postgres.stop();
  });
  keepsItsContract({ store: () => store, again: open });

  test('shows one process at once what another one did, and both decide in turn', async () => {
    const other = await open();
    const name = newName();
    const claims = [store, other, store, other].map((one) =>
      one.change((known) => {
        if (known.find(name)) throw new Error('taken');
        return publishing(name);
      }),
    );
    const outcomes = await Promise.allSettled(claims);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await other.read()).find(name)?.versions).toHaveLength(1);
    await other.change(() => publishing(name, '2.0.0'));
    expect((await store.read()).find(name)?.latest.version).toBe('2.0.0');
    await other.close();
  });

  test('tells the address without the password when it cannot be reached', async () => {
    const failed = openPostgresStore({
      url: 'postgres://me:hush-hush@127.0.0.1:1/registry',
      timeoutMs: 20_000,
    });

    await expect(failed).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      data: { address: '127.0.0.1:1/registry' },
    });
    await failed.catch((error: Error) => expect(`${error.stack}${error.message}`).not.toContain('hush'));
  });
});
