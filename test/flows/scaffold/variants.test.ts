import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { addressOf, linkPackages, runIn } from '../../support/new-server.ts';
import { openPetApi, PETS, TOKEN } from '../../support/pet-api.ts';
import { type Postgres, startPostgres } from '../../support/postgres.ts';
import { writeManifest } from '../../support/servers.ts';

const PASSWORD = 'planets-0123456789';
const MCP_TOKEN = 'token-of-the-new-server-0123456789';
/** Milliseconds; npm, the compiler and the tests of a server take their time on a busy machine. */
const DEADLINE = 600_000;

let postgres: Postgres;
let api: Awaited<ReturnType<typeof openPetApi>>;

beforeAll(async () => {
  postgres = await startPostgres(PASSWORD);
  api = await openPetApi();
});

afterAll(async () => {
  await postgres.stop();
  await api.close();
});

/** The role that may make schemas. */
const ownerUrl = () => postgres.url.replace(`reader:${PASSWORD}`, 'owner').replace('?sslmode=disable', '');

interface Case {
  readonly wraps: string;
  readonly flags: () => readonly string[];
  readonly env: () => Record<string, string>;
  readonly call: readonly string[];
  readonly answer: object;
}

const CASES: readonly Case[] = [
  {
    wraps: 'nothing',
    flags: () => [],
    env: () => ({}),
    call: ['list_units'],
    answer: { units: expect.arrayContaining(['km']) },
  },
  {
    wraps: 'rest',
    flags: () => ['--api-url', api.url],
    env: () => ({ API_TOKEN: TOKEN }),
    call: ['get_item', 'id=p1'],
    answer: { item: { id: 'p1', name: 'Rex' } },
  },
  {
    wraps: 'postgres',
    flags: () => [],
    env: () => ({ DATABASE_URL: postgres.url, ALLOWED_TABLES: 'public.planets' }),
    call: ['select_rows', 'table=planets', 'limit:=1'],
    answer: { rows: [{ name: 'Mercury' }], hasMore: true },
  },
  {
    wraps: 'openapi',
    flags: () => ['--openapi', 'pets.yaml', '--api-url', api.url],
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

/** Which callers each kind over HTTP lets in: all kinds of access, without every combination. */
const ACCESS: Readonly<Record<string, string>> = {
  nothing: 'none',
  rest: 'oauth',
  postgres: 'token',
  openapi: 'token',
  cli: 'none',
};

const EVERY = CASES.flatMap((each) => ['stdio', 'http'].map((transport) => ({ ...each, transport })));

test.each(EVERY)(
  '$wraps over $transport: types, style, its own tests, and a call from a manifest',
  { timeout: DEADLINE },
  async ({ wraps, transport, flags, env, call, answer }) => {
    const home = await emptyHome();
    await writeFile(join(home.home, 'pets.yaml'), PETS);
    const auth = transport === 'http' ? (ACCESS[wraps] ?? 'none') : 'none';
    const args = ['--wraps', wraps, '--transport', transport, '--auth', auth, ...flags()];
    const made = await mcpctl(['new-server', 'subject', '--yes', ...args], { ...home, deadline: DEADLINE });
    expect(made.status, made.stderr).toBe(0);
    const folder = join(home.home, 'subject');
    await linkPackages(folder);

    const checked = await runIn(folder, 'npm', ['run', 'check']);
    expect(checked.status, checked.output).toBe(0);
    const tested = await runIn(folder, 'npm', ['test'], { TEST_DATABASE_URL: ownerUrl() });
    expect(tested.status, tested.output).toBe(0);
    expect(tested.output).not.toMatch(/skipped/);

    const byHttp = transport === 'http' && auth !== 'oauth';
    const entry = byHttp ? await httpEntry(folder, home, env()) : stdioEntry(folder, env());
    await writeManifest(home.home, { subject: entry });
    const shell = { ...home, env: { ...home.env, ...env(), MCP_TOKEN } };
    const { document } = await mcpctlJson(['call', 'subject', ...call], { ...shell, deadline: DEADLINE });
    expect(document, JSON.stringify(document)).toMatchObject({
      ok: true,
      data: { structuredContent: answer },
    });
  },
);

function stdioEntry(folder: string, env: Record<string, string>): object {
  const references = Object.fromEntries(Object.keys(env).map((name) => [name, `\${${name}}`]));
  return { command: process.execPath, args: [join(folder, 'dist/main.js'), '--stdio'], env: references };
}

/** Starts the server as it is, without arguments: the transport is its default. */
async function httpEntry(folder: string, { env }: Home, own: Record<string, string>): Promise<object> {
  const child = spawn(process.execPath, [join(folder, 'dist/main.js')], {
    env: { ...env, ...own, MCP_TOKEN, MCP_PORT: '0' },
  });
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await once(child, 'close');
  });
  return { url: await addressOf(child), headers: { Authorization: 'Bearer ${MCP_TOKEN}' } };
}
