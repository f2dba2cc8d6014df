import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Address of a database in which the tests may make a schema of their own. */
export const TEST_DATABASE_URL = process.env.TEST_DATABASE_URL;

/** A schema with a table `planets` that may be read and a table `secrets` that may not. */
export async function openTestDatabase(url: string) {
  const schema = `test_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    create schema ${schema};
    create table ${schema}.planets (name text primary key, moons int not null, found date);
    insert into ${schema}.planets values ('Mercury', 0, null), ('Earth', 1, null), ('Neptune', 16, '1846-09-23');
    comment on table ${schema}.planets is 'Most of them';
    create table ${schema}.secrets (value text);`);
  return {
    schema,
    env: { DATABASE_URL: url, ALLOWED_TABLES: `${schema}.planets` },
    close: async () => {
      await client.query(`drop schema ${schema} cascade`);
      await client.end();
    },
  };
}
