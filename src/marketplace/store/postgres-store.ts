import type { Pool, PoolClient } from 'pg';
import { McpctlError, messageOf } from '../../core/errors.ts';
import type { RegistryEvent } from '../events.ts';
import { type Artifacts, createStore, type Journal, type RegistryStore } from './store.ts';

export interface PostgresStoreOptions {
  /** `postgres://…`, every reference resolved. Shown nowhere. */
  readonly url: string;
  /** For each question, in milliseconds. */
  readonly timeoutMs?: number;
}

/** Any number that nobody else takes; it is the same in every version of mcpctl. */
const LOCK = 7_241_901_152;

const TABLES = `
create table if not exists mcpctl_registry_events (
  id bigint generated always as identity primary key,
  event json not null
);
create table if not exists mcpctl_registry_artifacts (
  sha256 text primary key,
  bytes bytea not null
)`;

/**
 * A registry in PostgreSQL, which several processes may serve at once: each keeps what is known in memory and reads
 * what came since before it answers.
 * @throws STORE_UNREACHABLE, which tells the host and nothing else of the address.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<RegistryStore> {
  const { url, timeoutMs = 10_000 } = options;
  const { default: pg } = await import('pg');
  const address = addressOf(url);
  const pool: Pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'mcpctl registry',
  });
  // A connection that breaks while nobody uses it; the next question opens another.
  pool.on('error', () => {});
  const ask = async <T>(question: (client: PoolClient) => Promise<T>): Promise<T> => {
    let client: PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw unreachable(address, error);
    }
    try {
      const answer = await question(client);
      client.release();
      return answer;
    } catch (error) {
      // Whatever state the connection is in, nobody else should get it.
      client.release(true);
      throw error instanceof McpctlError ? error : unreachable(address, error);
    }
  };
  try {
    await ask((client) => inTurn(client, async () => void (await client.query(TABLES))));
  } catch (error) {
    await pool.end();
    throw error;
  }
  return createStore(
    postgresJournal(ask, () => pool.end()),
    postgresArtifacts(ask),
  );
}

type Ask = <T>(question: (client: PoolClient) => Promise<T>) => Promise<T>;

function postgresJournal(ask: Ask, end: () => Promise<void>): Journal {
  let last = '0';
  let turn: Promise<unknown> = Promise.resolve();
  /** One after the other within this process, so that no event is applied twice or out of order. */
  const next = async <T>(run: () => Promise<T>): Promise<T> => {
    const mine = turn.then(run);
    turn = mine.catch(() => {});
    return await mine;
  };
  const catchUp = async (client: PoolClient, apply: (event: RegistryEvent) => void): Promise<void> => {
    const { rows } = await client.query<{ place: string; event: RegistryEvent }>(
      // Not called id: "order by id" would then order texts.
      'select id::text as place, event from mcpctl_registry_events where id > $1 order by id',
      [last],
    );
    for (const { place, event } of rows) {
      apply(event);
      last = place;
    }
  };
  return {
    read: async (apply) => await next(() => ask((client) => catchUp(client, apply))),
    async append(apply, decide) {
      const refusals: unknown[] = [];
      await next(() =>
        ask(async (client) => {
          await inTurn(client, async () => {
            await catchUp(client, apply);
            const event = decided(decide, (error) => refusals.push(error));
            if (!event) return;
            const text = JSON.stringify(event);
            await client.query('insert into mcpctl_registry_events (event) values ($1)', [text]);
          });
          await catchUp(client, apply);
        }),
      );
      if (refusals.length > 0) throw refusals[0];
    },
    async close() {
      await turn;
      await end();
    },
  };
}

/** What is decided; nothing when that was refused, which is no failure of the database. */
function decided(
  decide: () => RegistryEvent | undefined,
  refused: (error: unknown) => unknown,
): RegistryEvent | undefined {
  try {
    return decide();
  } catch (error) {
    refused(error);
    return undefined;
  }
}

/** In a transaction no other process of the registry runs beside: ids become visible in their order. */
async function inTurn(client: PoolClient, run: () => Promise<void>): Promise<void> {
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
  await run();
  await client.query('commit');
}

function postgresArtifacts(ask: Ask): Artifacts {
  return {
    has: async (sha256) =>
      await ask(async (client) => {
        const text = 'select 1 from mcpctl_registry_artifacts where sha256 = $1';
        return (await client.query(text, [sha256])).rowCount === 1;
      }),
    read: async (sha256) =>
      await ask(async (client) => {
        const text = 'select bytes from mcpctl_registry_artifacts where sha256 = $1';
        return (await client.query<{ bytes: Buffer }>(text, [sha256])).rows[0]?.bytes;
      }),
    save: async (sha256, bytes) =>
      await ask(async (client) => {
        const text = `insert into mcpctl_registry_artifacts (sha256, bytes) values ($1, $2)
          on conflict (sha256) do update set bytes = excluded.bytes`;
        await client.query(text, [sha256, Buffer.from(bytes)]);
      }),
  };
}

/** Host, port and database, never the user and password. */
function addressOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed ? `${parsed.host}${parsed.pathname}` : 'the address given';
}

function unreachable(address: string, error: unknown): McpctlError {
  return new McpctlError(
    'STORE_UNREACHABLE',
    `PostgreSQL at ${address} did not answer: ${messageOf(error)}.`,
    {
      hint: 'See whether it runs and lets this role create tables: psql <address>',
      cause: error,
      data: { address },
    },
  );
}
