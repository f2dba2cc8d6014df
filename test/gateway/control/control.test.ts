import { chmod, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { McpctlError } from '../../../src/core/errors.ts';
import { askControl } from '../../../src/gateway/control/ask-control.ts';
import { findRunning, type Running } from '../../../src/gateway/control/find-running.ts';
import { followControl } from '../../../src/gateway/control/follow-control.ts';
import { type Control, type ControlOptions, openControl } from '../../../src/gateway/control/open-control.ts';
import type { ControlHandlers } from '../../../src/gateway/control/protocol.ts';
import { identifyThisProcess } from '../../../src/platform/process-identity.ts';
import { temporaryFolder } from '../../support/cli.ts';

const { platform } = process;

const HANDLERS: ControlHandlers = {
  servers: () => [{ name: 'one', state: 'healthy', pids: [7], restarts: 0, tools: 3 }],
  metrics: () => ({ calls: [], attempts: [], durations: [], series: [] }),
  stop() {},
  recent: () => undefined,
  probe: async () => ({ by: 'ping', at: 1, ms: 2 }),
  async restart(server) {
    throw new McpctlError('SERVER_CRASH_LOOP', `${server} crashed with hunter2-secret.`, { hint: 'wait' });
  },
};

async function open(changes: Partial<ControlOptions> = {}): Promise<{ control: Control; folder: string }> {
  const folder = changes.folder ?? join(await temporaryFolder(), 'run');
  const control = await openControl({
    folder,
    platform,
    kind: 'run',
    servers: ['one'],
    version: '1.2.3',
    cwd: '/somewhere',
    startedAt: new Date('2026-01-02T03:04:05Z'),
    handlers: HANDLERS,
    redact: (text) => text.replaceAll('hunter2-secret', '•••'),
    ...changes,
  });
  onTestFinished(control.close);
  return { control, folder };
}

async function only(folder: string): Promise<Running> {
  const [found, ...more] = await findRunning(folder, platform);
  expect(more).toEqual([]);
  if (!found) throw new Error('nothing is registered');
  return found;
}

/** Sends bytes and returns what comes back until the other side ends the connection, or answered so many lines. */
async function exchange(
  path: string,
  bytes: string | Buffer,
  lines = Number.POSITIVE_INFINITY,
): Promise<string> {
  const socket = connect(path);
  let text = '';
  socket.setEncoding('utf8').on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (text.split('\n').length > lines) socket.destroy();
  });
  socket.write(bytes);
  await closed;
  return text;
}

test('tells how often calls could not be recorded, and sign-ins not be renewed', async () => {
  const renewed = (result: string, mcpctl_server: string, value: number) => ({
    name: 'mcpctl_token_refreshes_total',
    labels: { mcpctl_server, result },
    value,
  });
  const series = [
    renewed('ok', 'one', 5),
    renewed('failed', 'one', 1),
    renewed('failed', 'two', 2),
    { name: 'mcpctl_audit_write_failures_total', labels: {}, value: 4 },
  ];
  const metrics = () => ({ ...HANDLERS.metrics(), series });
  const { folder } = await open({ handlers: { ...HANDLERS, metrics } });

  expect(await askControl(await only(folder), { ask: 'status' })).toMatchObject({
    auditFailures: 4,
    signIns: { succeeded: 5, failed: 3 },
  });
});

test('is found, answers, and leaves nothing behind', async () => {
  const { control, folder } = await open();
  const found = await only(folder);

  expect(found).toMatchObject({ pid: process.pid, kind: 'run', servers: ['one'], version: '1.2.3' });
  expect(await askControl(found, { ask: 'ping' })).toEqual({});
  expect(await askControl(found, { ask: 'status' })).toMatchObject({
    startedAt: '2026-01-02T03:04:05.000Z',
    servers: HANDLERS.servers(),
  });
  expect(await askControl(found, { ask: 'metrics' })).toEqual(HANDLERS.metrics());
  await control.update(['one', 'two']);
  expect((await only(folder)).servers).toEqual(['one', 'two']);

  await Promise.all([control.close(), control.close()]);
  await control.update(['late']);
  expect(await readdir(folder)).toEqual([]);
  expect(await findRunning(folder, platform)).toEqual([]);
  await expect(askControl(found, { ask: 'ping' })).rejects.toMatchObject({ code: 'PROCESS_NOT_RUNNING' });
});

test('tells who follows what changes, and nothing when nothing does', async () => {
  let restarts = 0;
  const server = () => ({ name: 'one', state: 'healthy' as const, pids: [], restarts });
  const { control, folder } = await open({ handlers: { ...HANDLERS, servers: () => [server()] } });
  const told: number[] = [];
  const found = await only(folder);
  let end = (_reason: McpctlError): void => {};
  const ended = new Promise<McpctlError>((resolve) => {
    end = resolve;
  });
  await new Promise<void>((resolve) => {
    const stop = followControl(found, {
      told({ servers }) {
        told.push(servers[0]?.restarts ?? -1);
        if (told.length === 1) restarts = 1;
        else resolve();
      },
      ended: end,
    });
    onTestFinished(stop);
  });
  expect(told).toEqual([0, 1]);

  await control.close();
  expect(await ended).toMatchObject({ code: 'PROCESS_NOT_RUNNING' });
});

test('hands on how a server is asked, within bounds', async () => {
  const asked: object[] = [];
  const probe: ControlHandlers['probe'] = async (server, { timeoutMs, freshMs }) => {
    asked.push({ server, timeoutMs, freshMs });
    return { by: 'ping', at: 5, ms: 7 };
  };
  const { folder } = await open({ handlers: { ...HANDLERS, probe } });
  const found = await only(folder);
  const request = { ask: 'probe', server: 'one', timeoutMs: 300, freshMs: 1000 } as const;
  expect(await askControl(found, request)).toEqual({ by: 'ping', at: 5, ms: 7 });
  const odd = { v: 1, key: found.key, ask: 'probe', server: 'one', timeoutMs: 1e9, freshMs: 'x' };
  await exchange(found.socket, `${JSON.stringify(odd)}\n`, 1);

  expect(asked).toEqual([
    { server: 'one', timeoutMs: 300, freshMs: 1000 },
    { server: 'one', timeoutMs: 60_000, freshMs: 0 },
  ]);
});

test('gives failures away with code and hint, without secrets', async () => {
  const { folder } = await open();

  await expect(askControl(await only(folder), { ask: 'restart', server: 'one' })).rejects.toMatchObject({
    code: 'SERVER_CRASH_LOOP',
    message: 'one crashed with •••.',
    hint: 'wait',
  });
  await expect(askControl(await only(folder), { ask: 'cache', action: 'stats' })).rejects.toMatchObject({
    code: 'USAGE',
  });
});

test('nobody else may open what it makes, also where the folder was open', async () => {
  const folder = join(await temporaryFolder(), 'run');
  await mkdir(folder);
  await chmod(folder, 0o755);
  await open({ folder });

  const modes = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
  expect(await modes(folder)).toBe(0o700);
  for (const name of await readdir(folder)) expect(await modes(join(folder, name)), name).toBe(0o600);
  expect(await readdir(folder)).toHaveLength(2);
});

test('finds room for the socket where the path is too long', async () => {
  const folder = join(await temporaryFolder(), 'x'.repeat(90), 'run');
  const { control } = await open({ folder });
  const found = await only(folder);

  expect(found.socket.length).toBeLessThan(100);
  expect((await stat(dirname(found.socket))).mode & 0o777).toBe(0o700);
  expect(dirname(dirname(found.socket))).toBe(tmpdir());
  expect(await askControl(found, { ask: 'ping' })).toEqual({});
  await control.close();
  await expect(stat(dirname(found.socket))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('junk does no harm', async () => {
  const { folder } = await open();
  const found = await only(folder);
  const { key, socket } = found;
  const withKey = (more: object): string => `${JSON.stringify({ v: 1, key, ...more })}\n`;

  for (const junk of [
    '\n',
    'null\n',
    '[]\n',
    '{}\n',
    '{"v":1,"ask":"ping"}\n',
    `{"v":1,"ask":"ping","key":"x"}\n`,
  ]) {
    expect(await exchange(socket, junk), junk).toBe('');
  }
  expect(await exchange(socket, Buffer.alloc(200_000, 0xff))).toBe('');
  expect(await exchange(socket, withKey({ ask: 'ping', more: 'x'.repeat(20_000) }))).toBe('');
  expect(await exchange(socket, withKey({ ask: 'ping' }).repeat(500))).toBe('');
  for (const odd of [
    { ask: 'explode' },
    { ask: 'restart' },
    { ask: 'cache', action: 'burn' },
    { ask: 'ping', v: 2 },
  ]) {
    expect(JSON.parse(await exchange(socket, withKey(odd), 1)).error.code, JSON.stringify(odd)).toBe('USAGE');
  }
  const two = await exchange(socket, withKey({ ask: 'ping' }) + withKey({ ask: 'status' }), 2);
  expect(
    two
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).ok),
  ).toEqual([true, true]);
  expect(await askControl(found, { ask: 'ping' })).toEqual({});
});

test('says so when the answer does not come, or is none', async () => {
  const { folder } = await open({ handlers: { ...HANDLERS, restart: () => new Promise(() => {}) } });
  const found = await only(folder);
  const late = askControl(found, { ask: 'restart', server: 'one' }, { timeoutMs: 50 });
  await expect(late).rejects.toMatchObject({ code: 'TOOL_TIMEOUT' });
  const stop = new AbortController();
  const cancelled = askControl(found, { ask: 'restart', server: 'one' }, { signal: stop.signal });
  stop.abort();
  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });

  const odd = await open({ handlers: { ...HANDLERS, servers: () => [{ name: 1 }] as never } });
  await expect(askControl(await only(odd.folder), { ask: 'status' })).rejects.toMatchObject({
    code: 'INTERNAL',
  });
});

test('asks no socket that is none, and follows no link', async () => {
  const { folder } = await open();
  const found = await only(folder);
  const link = join(folder, 'link');
  await symlink(found.socket, link);

  await expect(askControl({ ...found, socket: link }, { ask: 'ping' })).rejects.toMatchObject({
    code: 'PROCESS_NOT_RUNNING',
  });
});

test('removes what dead processes left, and keeps what may still become whole', async () => {
  const { folder } = await open();
  const own = await identifyThisProcess();
  const registration = JSON.parse(
    await readFile(
      join(folder, (await readdir(folder)).find((name) => name.endsWith('.json')) ?? ''),
      'utf8',
    ),
  );
  const victim = join(await temporaryFolder(), 'kept');
  await writeFile(victim, 'precious');
  const write = async (id: string, changes: object): Promise<void> =>
    await writeFile(join(folder, `${id}.json`), JSON.stringify({ ...registration, ...changes }));
  await write('1-000001', { process: { ...own, start: '1' }, socket: join(folder, '1-000001.sock') });
  await writeFile(join(folder, '1-000001.sock'), '');
  await write('2-000002', { process: { ...own, boot: 'before' }, socket: victim });
  // In another namespace nobody knows the pid; nobody listens either.
  await write('3-000003', {
    process: { ...own, pidNamespace: 'other' },
    socket: join(folder, '3-000003.sock'),
  });
  await write('4-000004', { process: { ...own, pidNamespace: 'other' } });
  await writeFile(join(folder, '5-000005.json'), '{"v":1,"proc');
  await writeFile(join(folder, '6-000006.sock'), '');
  await utimes(join(folder, '6-000006.sock'), 1, 1);
  await writeFile(join(folder, 'notes.txt'), 'mine');

  const found = await findRunning(folder, platform);
  expect(found).toHaveLength(2);
  const left = (await readdir(folder)).filter((name) => !name.startsWith(`${process.pid}-`));
  expect(left.sort()).toEqual(['4-000004.json', '5-000005.json', 'notes.txt']);
  expect(await readFile(victim, 'utf8')).toBe('precious');
});
