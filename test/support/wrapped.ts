import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openPetApi, PETS, TOKEN } from './pet-api.ts';
import { startPostgres } from './postgres.ts';

const PASSWORD = 'planets-0123456789';

/** What new servers wrap in tests: an API and a database on loopback. */
export interface Wrapped {
  readonly apiUrl: string;
  readonly databaseUrl: string;
  /** Of the role that may make schemas. */
  readonly ownerUrl: string;
  close(): Promise<void>;
}

export async function openWrapped(): Promise<Wrapped> {
  const [postgres, api] = await Promise.all([startPostgres(PASSWORD), openPetApi()]);
  return {
    apiUrl: api.url,
    databaseUrl: postgres.url,
    ownerUrl: postgres.url.replace(`reader:${PASSWORD}`, 'owner').replace('?sslmode=disable', ''),
    close: async () => {
      await postgres.stop();
      await api.close();
    },
  };
}

/** A document that some new servers are made from, in the folder the command runs in. */
export async function writeDocument(folder: string): Promise<void> {
  await writeFile(join(folder, 'pets.yaml'), PETS);
}

export interface WrapCase {
  readonly wraps: string;
  /** More flags of `new-server`; the document is `pets.yaml`. */
  readonly flags: (wrapped: Wrapped) => readonly string[];
  /** What the new server needs in its environment. */
  readonly env: (wrapped: Wrapped) => Record<string, string>;
  /** A call as words of `mcpctl call`. */
  readonly call: readonly string[];
  /** What its structured answer holds. */
  readonly answer: object;
}

/** Every kind of new server with a call that shows that it works. */
export const WRAP_CASES: readonly WrapCase[] = [
  {
    wraps: 'nothing',
    flags: () => [],
    env: () => ({}),
    call: ['list_units'],
    answer: { units: expect.arrayContaining(['km']) },
  },
  {
    wraps: 'rest',
    flags: ({ apiUrl }) => ['--api-url', apiUrl],
    env: () => ({ API_TOKEN: TOKEN }),
    call: ['get_item', 'id=p1'],
    answer: { item: { id: 'p1', name: 'Rex' } },
  },
  {
    wraps: 'postgres',
    flags: () => [],
    env: ({ databaseUrl }) => ({ DATABASE_URL: databaseUrl, ALLOWED_TABLES: 'public.planets' }),
    call: ['select_rows', 'table=planets', 'limit:=1'],
    answer: { rows: [{ name: 'Mercury' }] },
  },
  {
    wraps: 'openapi',
    flags: ({ apiUrl }) => ['--openapi', 'pets.yaml', '--api-url', apiUrl],
    env: () => ({ API_TOKEN: TOKEN }),
    call: ['get_item', 'id=p1'],
    answer: { status: 200, body: { id: 'p1', name: 'Rex' } },
  },
  {
    wraps: 'cli',
    flags: () => ['--program', process.execPath],
    env: () => ({}),
    call: ['show_version'],
    answer: { status: 0, stdout: `${process.version}\n` },
  },
];
