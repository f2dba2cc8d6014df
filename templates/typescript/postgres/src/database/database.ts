import pg from 'pg';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { failureOf } from './failure.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface Statement {
  readonly text: string;
  /** Values of `$1`, `$2` …; never part of the text. */
  readonly values: readonly unknown[];
}

export interface Database {
  /**
   * Runs one statement in a transaction that can only read, within the time allowed.
   * @throws ToolError
   */
  read(statement: Statement): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** Milliseconds to wait for a connection. */
const CONNECT_MS = 5_000;

/** Opens nothing yet: connections are made when they are needed, and again after they were lost. */
export function openDatabase(config: Config, log: Log): Database {
  const pool = new pg.Pool({
    connectionString: config.DATABASE_URL,
    max: config.POOL_SIZE,
    connectionTimeoutMillis: CONNECT_MS,
    // A second fence, should the database not keep to its own timeout.
    query_timeout: config.STATEMENT_TIMEOUT_MS + 1_000,
    allowExitOnIdle: true,
  });
  // An idle connection that is lost would end the process otherwise.
  pool.on('error', (error) => log.warn('lost a connection', { error: error.message }));
  return {
    close: () => pool.end(),
    async read({ text, values }) {
      try {
        return await inReadOnlyTransaction(pool, config.STATEMENT_TIMEOUT_MS, async (client) => {
          const { rows } = await client.query<Row>(text, [...values]);
          return rows;
        });
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

async function inReadOnlyTransaction<T>(
  pool: pg.Pool,
  timeoutMs: number,
  run: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let failure: unknown;
  try {
    await client.query('begin transaction read only');
    await client.query("select set_config('statement_timeout', $1, true)", [String(timeoutMs)]);
    const result = await run(client);
    await client.query('commit');
    return result;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // After a failure the connection is closed instead of used again: its state is not certain.
    client.release(failure !== undefined);
  }
}
