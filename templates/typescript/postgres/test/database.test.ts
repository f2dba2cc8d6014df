import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { type Database, openDatabase } from '../src/database/database.ts';
import { selectStatement } from '../src/database/select.ts';
import { type Catalog, createCatalog } from '../src/database/tables.ts';
import { createLog } from '../src/log.ts';
import { openTestDatabase, TEST_DATABASE_URL } from './test-database.ts';

const log = createLog({ level: 'error', stream: process.stderr });

/** Set TEST_DATABASE_URL to run these. */
describe.skipIf(TEST_DATABASE_URL === undefined)('with a database', () => {
  let stand: Awaited<ReturnType<typeof openTestDatabase>>;
  let database: Database;
  let catalog: Catalog;

  beforeAll(async () => {
    stand = await openTestDatabase(TEST_DATABASE_URL ?? '');
    const config = readConfig([], { ...stand.env, STATEMENT_TIMEOUT_MS: '500' });
    database = openDatabase(config, log);
    catalog = createCatalog(database, config.ALLOWED_TABLES);
  });

  afterAll(async () => {
    await database.close();
    await stand.close();
  });

  test('only listed tables are there', async () => {
    expect(await catalog.tables()).toEqual([
      { schema: stand.schema, name: 'planets', isView: false, comment: 'Most of them' },
    ]);
    await expect(catalog.describe(`${stand.schema}.secrets`)).rejects.toMatchObject({
      code: 'TABLE_UNKNOWN',
    });
  });

  test('columns have types', async () => {
    const { columns } = await catalog.describe(`${stand.schema}.planets`);

    expect(columns.map(({ name, type, isNullable }) => [name, type, isNullable])).toEqual([
      ['name', 'text', false],
      ['moons', 'integer', false],
      ['found', 'date', true],
    ]);
  });

  test('a value stays a value', async () => {
    const table = await catalog.describe(`${stand.schema}.planets`);
    const value = "x' or '1'='1";
    const filters = [{ column: 'name', operator: '=' as const, value }];

    expect(await database.read(selectStatement({ table, filters, order: [], limit: 9, offset: 0 }))).toEqual(
      [],
    );
  });

  test('nothing can be written', async () => {
    const text = `insert into ${stand.schema}.planets values ('Pluto', 5, null)`;

    await expect(database.read({ text, values: [] })).rejects.toThrow(/read-only/);
  });

  test('a statement that takes too long is stopped, and the next one works', async () => {
    await expect(database.read({ text: 'select pg_sleep(20)', values: [] })).rejects.toMatchObject({
      code: 'QUERY_TIMEOUT',
    });
    expect(await database.read({ text: 'select 1 as one', values: [] })).toEqual([{ one: 1 }]);
  });

  test('a value of the wrong type is refused', async () => {
    const table = await catalog.describe(`${stand.schema}.planets`);
    const filters = [{ column: 'moons', operator: '=' as const, value: 'many' }];

    await expect(
      database.read(selectStatement({ table, filters, order: [], limit: 9, offset: 0 })),
    ).rejects.toMatchObject({ code: 'BAD_VALUE' });
  });
});

test('a database that is not there is a failure that may pass', async () => {
  const database = openDatabase(readConfig([], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }), log);

  await expect(database.read({ text: 'select 1', values: [] })).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    isPassing: true,
  });
  await database.close();
});
