import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askControl } from '../../../src/gateway/control/ask-control.ts';
import { findRunning, type Running } from '../../../src/gateway/control/find-running.ts';
import { emptyHome, type Home, mcpctl, mcpctlJson, start } from '../../support/cli.ts';
import { scriptedServer } from '../../support/http-servers.ts';
import { initialize, type LineClient, lineClient } from '../../support/line-client.ts';
import { fixtureEntry, fixturePath, writeManifest } from '../../support/servers.ts';
import { moodIn } from '../../support/watching.ts';

const folderOf = ({ home }: Home): string => join(home, '.local/state/mcpctl/run');
const running = async (home: Home): Promise<Running[]> => await findRunning(folderOf(home), process.platform);

async function homeWith(servers: Record<string, object>, extra: Record<string, string> = {}): Promise<Home> {
  const home = await emptyHome(extra);
  await writeManifest(home.home, servers);
  return home;
}

async function begin(home: Home, server = 'echo'): Promise<LineClient> {
  const client = lineClient(start(['run', server], home));
  client.send(initialize());
  await client.answer(0);
  return client;
}

const pause = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until so many processes are registered. */
async function registered(home: Home, count: number): Promise<Running[]> {
  for (;;) {
    const found = await running(home);
    if (found.length === count) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('run can be found and asked while it runs, and not after', async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const clients = await Promise.all([begin(home), begin(home)]);
  const found = await registered(home, 2);

  expect(found.map(({ pid }) => pid).sort()).toEqual(clients.map(({ child }) => child.pid).sort());
  expect(found[0]).toMatchObject({ kind: 'run', servers: ['echo'], cwd: home.home });
  expect((await stat(folderOf(home))).mode & 0o777).toBe(0o700);
  for (const name of await readdir(folderOf(home))) {
    expect((await stat(join(folderOf(home), name))).mode & 0o777, name).toBe(0o600);
  }
  const status = await askControl(found[0] as Running, { ask: 'status' });
  expect(status).toMatchObject({
    pid: found[0]?.pid,
    kind: 'run',
    servers: [{ name: 'echo', state: 'healthy' }],
  });
  expect(status.servers[0]?.answeredAt).toBeGreaterThan(Date.parse(status.startedAt));
  expect(await askControl(found[0] as Running, { ask: 'metrics' })).toHaveProperty('calls');

  for (const client of clients) expect(await client.end()).toBe(0);
  expect(await readdir(folderOf(home))).toEqual([]);
});

test('run ends when it is asked to stop', async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const client = await begin(home);
  const [found] = await registered(home, 1);
  await askControl(found as Running, { ask: 'stop' });

  expect(await client.closed).toBe(0);
  expect(await readdir(folderOf(home))).toEqual([]);
});

test('what a killed run left is removed by who looks', async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const client = await begin(home);
  const [found] = await registered(home, 1);
  client.child.kill('SIGKILL');
  await client.closed;

  await expect(askControl(found as Running, { ask: 'ping' })).rejects.toMatchObject({
    code: 'PROCESS_NOT_RUNNING',
  });
  expect(await readdir(folderOf(home))).toHaveLength(2);
  expect(await running(home)).toEqual([]);
  expect(await readdir(folderOf(home))).toEqual([]);
});

test('a run that is held up while it asks its server does not call the server silent', async () => {
  const home = await homeWith({});
  const mood = moodIn(home);
  await mood.become({});
  await writeManifest(home.home, { subject: fixtureEntry('moody', { MOOD: mood.file }) });
  const { child } = await begin(home, 'subject');
  const [found] = await registered(home, 1);
  await mood.become({ delayMs: 700 });
  const request = { ask: 'probe', server: 'subject', timeoutMs: 1400, freshMs: 0 } as const;
  // Each time it has to answer, and in the end one that was held up in the middle.
  for (;;) {
    const answering = askControl(found as Running, request, { timeoutMs: 60_000 });
    await pause(300);
    child.kill('SIGSTOP');
    await pause(2000);
    child.kill('SIGCONT');
    const { by, isStalled } = await answering;
    if (isStalled) {
      expect(by).toBe('none');
      return;
    }
  }
});

test('a run knows the tools of its server when it was asked how that is, also when its client never listed them', async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const client = await begin(home);
  client.send({ method: 'notifications/initialized' });
  const [found] = await registered(home, 1);
  const request = { ask: 'probe', server: 'echo', timeoutMs: 30_000, freshMs: 0 } as const;
  await askControl(found as Running, request, { timeoutMs: 60_000 });

  const { servers } = await askControl(found as Running, { ask: 'status' });
  client.send({ id: 'all', method: 'ping' });
  await client.answer('all');
  expect(servers[0]?.tools).toBeGreaterThan(0);
  // Nothing of that reached its client.
  expect(client.lines).toHaveLength(2);
});

test('a state folder with a long path, or one that cannot be made, stops no run', async () => {
  const long = await emptyHome();
  const state = join(long.home, 'x'.repeat(100));
  const home = await homeWith({ echo: fixtureEntry('echo') }, { XDG_STATE_HOME: state });
  const client = await begin(home);
  for (;;) {
    const [found] = await findRunning(join(state, 'mcpctl/run'), process.platform);
    if (found) {
      expect(await askControl(found, { ask: 'ping' })).toEqual({});
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await client.end()).toBe(0);

  const none = await homeWith({ echo: fixtureEntry('echo') }, { XDG_STATE_HOME: fixturePath('echo') });
  const other = await begin(none);
  expect(await other.end()).toBe(0);
});

test('restart says what it cannot do', async () => {
  const site = await scriptedServer((received, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const { id } = received.body as { id?: number };
    const serverInfo = { name: 's', version: '1' };
    response.end(
      JSON.stringify({
        jsonrpc: '2.0',
        id,
        result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo },
      }),
    );
  });
  const home = await homeWith({ far: { url: `${site.origin}/mcp` } });
  const nothing = await mcpctlJson(['restart', 'far'], home);
  expect(nothing.status).toBe(5);
  expect(nothing.document.error?.code).toBe('PROCESS_NOT_RUNNING');

  const client = await begin(home, 'far');
  const [found] = await registered(home, 1);
  const remote = await mcpctlJson(['restart', 'far'], home);
  expect(remote.status).toBe(2);
  expect(remote.document.data.restarted).toEqual([
    {
      server: 'far',
      pid: found?.pid,
      kind: 'run',
      cwd: home.home,
      error: expect.objectContaining({ code: 'USAGE' }),
    },
  ]);
  const said = await mcpctl(['restart', 'far'], home);
  expect(said.stdout).toBe(
    `✗ far in run ${found?.pid}: far is no program of this machine: nothing can be restarted.\n`,
  );
  await client.end();
});

test('restart starts the program again in every process, within the sessions of their clients', async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const clients = await Promise.all([begin(home), begin(home)]);
  for (const client of clients) client.send({ method: 'notifications/initialized' });
  const found = await registered(home, 2);
  const programs = async (): Promise<number[]> => {
    const answers = await Promise.all(found.map((each) => askControl(each, { ask: 'status' })));
    return answers.flatMap(({ servers }) => servers.flatMap(({ pids }) => pids));
  };
  const before = await programs();
  const { document, status } = await mcpctlJson(['restart', 'echo'], home);

  expect(status).toBe(0);
  expect(document.data.restarted).toEqual(
    found.map(({ pid }) => ({ server: 'echo', pid, kind: 'run', cwd: home.home })),
  );
  const after = await programs();
  expect(new Set([...before, ...after]).size).toBe(4);
  for (const client of clients) {
    client.send({
      id: 1,
      method: 'tools/call',
      params: { name: 'echo', arguments: { message: 'still here' } },
    });
    expect(await client.answer(1)).toContain('still here');
  }
  const { series } = await askControl(found[0] as Running, { ask: 'metrics' });
  expect(series.filter(({ name }) => name.includes('restarts'))).toEqual([
    { name: 'mcpctl_server_restarts_total', labels: { mcpctl_server: 'echo', reason: 'asked' }, value: 1 },
  ]);
  for (const client of clients) expect(await client.end()).toBe(0);
});

test('several servers are restarted at once, or all that run, and nothing is with --dry-run', async () => {
  const home = await homeWith({
    echo: fixtureEntry('echo'),
    other: fixtureEntry('echo'),
    idle: fixtureEntry('echo'),
  });
  const clients = [await begin(home), await begin(home, 'other')];
  for (const client of clients) client.send({ method: 'notifications/initialized' });
  const found = await registered(home, 2);
  const restarts = async (): Promise<number[]> => {
    const answers = await Promise.all(found.map((each) => askControl(each, { ask: 'status' })));
    return answers.flatMap(({ servers }) => servers.map((server) => server.restarts));
  };
  const both = expect.arrayContaining([
    expect.objectContaining({ server: 'echo', kind: 'run' }),
    expect.objectContaining({ server: 'other', kind: 'run' }),
  ]);

  const planned = await mcpctlJson(['restart', '--all', '--dry-run'], home);
  expect(planned.document.data).toEqual({ planned: both });
  expect(await restarts()).toEqual([0, 0]);
  expect((await mcpctlJson(['restart', '--all'], home)).document.data).toEqual({ restarted: both });
  expect(await restarts()).toEqual([1, 1]);
  const said = await mcpctl(['restart', 'other', 'echo'], home);
  expect(said.stdout).toMatch(/^✓ other was restarted in run \d+\n✓ echo was restarted in run \d+\n$/);

  // One that nothing runs stops the others from being restarted: it may be a slip.
  const one = await mcpctlJson(['restart', 'echo', 'idle'], home);
  expect([one.status, one.document.error?.code]).toEqual([5, 'PROCESS_NOT_RUNNING']);
  expect(one.document.error?.message).toBe('No client and no gateway runs idle now.');
  const slip = await mcpctlJson(['restart', 'ecko'], home);
  expect([slip.status, slip.document.error?.hint]).toEqual([2, 'Did you mean: mcpctl restart echo']);
  for (const args of [['restart'], ['restart', 'echo', '--all']]) {
    expect((await mcpctlJson(args, home)).document.error?.code).toBe('USAGE');
  }
  expect(await restarts()).toEqual([2, 2]);
  for (const client of clients) expect(await client.end()).toBe(0);
  expect((await mcpctlJson(['restart', '--all'], home)).status).toBe(5);
}, 240_000);
