import type { Example } from './example-type.ts';
import { openTestDatabase, TEST_DATABASE_URL } from './test-database.ts';

/** Nobody listens there: without a database the protocol is tested with a refusal. */
const NOWHERE = 'postgres://nobody@127.0.0.1:1/none';

export async function openExample(): Promise<Example> {
  const wrong = { table: 7 };
  if (TEST_DATABASE_URL === undefined) {
    return {
      env: { DATABASE_URL: NOWHERE },
      call: { name: 'select_rows', arguments: { table: 'planets' } },
      result: { isError: true, _meta: { error: { code: 'DATABASE_UNREACHABLE', isPassing: true } } },
      wrong,
      close: async () => {},
    };
  }
  const { schema, env, close } = await openTestDatabase(TEST_DATABASE_URL);
  return {
    env,
    call: {
      name: 'select_rows',
      arguments: { table: `${schema}.planets`, filters: [{ column: 'moons', operator: '>', value: 5 }] },
    },
    result: {
      structuredContent: { rows: [{ name: 'Neptune', moons: 16, found: '1846-09-23' }], hasMore: false },
    },
    wrong,
    resource: 'database://tables',
    close,
  };
}
