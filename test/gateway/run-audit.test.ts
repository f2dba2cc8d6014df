import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson, start } from '../support/cli.ts';
import { kill, mountSmallDisk } from '../support/fixture.ts';
import { initialize, type LineClient, lineClient } from '../support/line-client.ts';
import { fixtureEntry, writeManifest } from '../support/servers.ts';

async function homeWith(audit: object = { key: 'file' }): Promise<Home> {
  const home = await emptyHome();
  await writeManifest(home.home, { deeds: fixtureEntry('deeds') });
  const settings = join(home.home, '.config/mcpctl');
  await mkdir(settings, { recursive: true });
  await writeFile(join(settings, 'config.json'), JSON.stringify({ audit }));
  return home;
}

async function session(home: Home, cwd?: string): Promise<LineClient> {
  const client = lineClient(start(['run', 'deeds'], { ...home, ...(cwd && { cwd }) }));
  client.send(initialize());
  await client.answer(0);
  client.send({ method: 'notifications/initialized' });
  client.send({ id: 1, method: 'tools/list' });
  await client.answer(1);
  return client;
}

// biome-ignore lint/suspicious/noExplicitAny: rows are asserted on as a whole.
async function rows(home: Home, ...filter: string[]): Promise<any[]> {
  const { document } = await mcpctlJson(['audit', 'query', ...filter], home);
  return document.data.calls;
}

const stateOf = ({ home }: Home): string => join(home, '.local/state/mcpctl');

function call(client: LineClient, id: number | string, name: string, args: object = {}, meta?: object): void {
  client.send({ id, method: 'tools/call', params: { name, arguments: args, ...(meta && { _meta: meta }) } });
}

test('records every call of a session: answered, failed, refused by the server, cancelled, lost', async () => {
  const home = await homeWith();
  const client = await session(home);
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  call(client, 2, 'look', { at: 'stars' }, { traceparent });
  call(client, 'three', 'change');
  call(client, 4, 'fail');
  await Promise.all([client.answer(2), client.answer('three'), client.answer(4)]);
  call(client, 5, 'wait');
  client.send({ method: 'notifications/cancelled', params: { requestId: 5 } });
  call(client, 6, 'crash');
  await client.answer(6);
  await client.end();

  const found = await rows(home);
  const told = found.map(({ tool, intent, outcome, errorType }) => [tool, intent, outcome, errorType]);
  expect(told.sort()).toEqual([
    ['change', 'write', 'ok', undefined],
    ['crash', 'unknown', 'outcome_unknown', 'OUTCOME_UNKNOWN'],
    ['fail', 'unknown', 'tool_error', 'tool_error'],
    ['look', 'read', 'ok', undefined],
    ['wait', 'unknown', 'cancelled', undefined],
  ]);
  expect(found.find(({ tool }) => tool === 'look')).toMatchObject({
    via: 'run',
    server: 'deeds',
    serverVersion: '1.0.0',
    client: 'test',
    clientVersion: '0',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    corr: '0af7651916cd43dd8448eb211c80319c',
    argsMac: expect.stringMatching(/^[0-9a-f]{64}$/),
    user: expect.any(String),
  });
  const folder = join(stateOf(home), 'audit');
  const [segment = ''] = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  const text = await readFile(join(folder, segment), 'utf8');
  expect(text).not.toContain('stars');
  expect(text).not.toContain('"user"');
  expect((await mcpctl(['audit', 'verify'], home)).status).toBe(0);
});

test('an answered call that may change something is in the log, however its process ends', async () => {
  const home = await homeWith();
  const answered: string[] = [];
  for (let round = 0; round < 8; round += 1) {
    const client = await session(home);
    const wanted = 5 + round * 7;
    for (let id = 0; id < 200; id += 1) call(client, `${round}-${id}`, 'change', {}, trace(round, id));
    await client.line(() => client.lines.filter((line) => line.includes('change done')).length >= wanted);
    await kill(client.child);
    answered.push(...client.lines.filter((line) => line.includes('change done')).map(idOf));
  }

  const recorded = new Set((await rows(home, '--limit', '5000')).map(({ traceId }) => traceId));

  expect(answered.length).toBeGreaterThan(100);
  expect(answered.filter((id) => !recorded.has(traceOf(id)))).toEqual([]);
  expect((await mcpctl(['audit', 'verify'], home)).status).toBe(0);
});

const idOf = (line: string): string => JSON.parse(line).id;
const traceOf = (id: string): string => {
  const [round = '', number = ''] = id.split('-');
  return `${round.padStart(16, '0')}${number.padStart(15, '0')}f`;
};
const trace = (round: number, id: number): object => ({
  traceparent: `00-${traceOf(`${round}-${id}`)}-b7ad6b7169203331-01`,
});

test('a write that cannot be recorded is not answered, the next ones are not made, and all goes on later', async () => {
  const home = await homeWith();
  const disk = join(stateOf(home), 'audit');
  await mkdir(disk, { recursive: true });
  mountSmallDisk(disk, '64k');
  await writeFile(join(disk, 'ballast'), Buffer.alloc(40 * 1024));
  const client = await session(home);
  const answers: string[] = [];
  for (let id = 10; id < 80; id += 1) {
    call(client, id, 'change');
    answers.push(await client.answer(id));
  }
  call(client, 90, 'look');
  const read = await client.answer(90);
  execFileSync('mount', ['-o', 'remount,size=1m', disk]);
  call(client, 91, 'change');
  await client.answer(91);
  await expect
    .poll(async () => {
      const id = 1000 + client.lines.length;
      call(client, id, 'change');
      return await client.answer(id);
    })
    .toContain('change done');
  await client.end();

  expect(answers[0]).toContain('change done');
  const refused = JSON.parse(answers.at(-1) ?? '');
  expect(refused.error.data.code).toBe('AUDIT_UNWRITABLE');
  expect(read).toContain('look done');
  const found = await rows(home, '--limit', '500');
  expect(found.filter(({ tool, outcome }) => tool === 'change' && outcome === 'ok').length).toBe(
    client.lines.filter((line) => line.includes('change done')).length,
  );
  expect(found.filter(({ outcome }) => outcome === 'denied').length).toBeGreaterThan(0);
});

test('goes on without a record when the settings say so', async () => {
  const home = await homeWith({ key: 'none', onFailure: 'continue' });
  const folder = join(stateOf(home), 'audit');
  await mkdir(stateOf(home), { recursive: true });
  await writeFile(folder, 'no folder');
  const client = await session(home);
  call(client, 2, 'change');

  expect(await client.answer(2)).toContain('change done');
  await client.end();
  expect(client.stderr()).toContain('A call was not recorded.');
});

test('without a keychain calls are recorded, nothing personal is, and the user is told', async () => {
  const home = await homeWith({});
  const client = await session(home);
  call(client, 2, 'change', { to: 'a-personal-word' });
  await client.answer(2);
  await client.end();

  expect(client.stderr()).toContain('The audit log leaves out who called and with what');
  expect((await mcpctl(['call', 'deeds', 'look'], home)).stderr).toBe('');
  const [row] = await rows(home);
  expect(row).toMatchObject({ tool: 'change', outcome: 'ok' });
  expect([row.sub, row.pii, row.argsMac, row.user]).toEqual([undefined, undefined, undefined, undefined]);
});

test('a project cannot switch the record off; the user can', async () => {
  const home = await homeWith();
  const cwd = join(home.home, 'project');
  await mkdir(cwd);
  await writeFile(join(cwd, 'package.json'), '{}');
  await writeFile(join(cwd, '.mcpctlrc.json'), '{"audit":{"enabled":false}}');
  const client = await session(home, cwd);
  call(client, 2, 'look');
  await client.answer(2);
  await client.end();
  expect(await rows(home)).toHaveLength(1);

  await mcpctl(['config', 'set', 'audit.enabled', 'false'], home);
  const silent = await session(home);
  call(silent, 2, 'look');
  await silent.answer(2);
  await silent.end();
  expect(await rows(home)).toHaveLength(1);
  expect(
    (await mcpctl(['config', 'set', 'audit.enabled', 'true', '--scope', 'project'], { ...home, cwd })).status,
  ).toBe(2);
});

test('call records what it did', async () => {
  const home = await homeWith();

  await mcpctl(['call', 'deeds', 'change'], home);
  const failed = await mcpctl(['call', 'deeds', 'fail'], home);
  const lost = await mcpctl(['call', 'deeds', 'crash'], home);

  expect([failed.status, lost.status]).toEqual([1, 5]);
  expect((await rows(home)).map(({ via, client, tool, outcome }) => [via, client, tool, outcome])).toEqual([
    ['call', 'mcpctl', 'change', 'ok'],
    ['call', 'mcpctl', 'fail', 'tool_error'],
    ['call', 'mcpctl', 'crash', 'outcome_unknown'],
  ]);
});

test('call does not show the answer of a write it could not record', async () => {
  const home = await homeWith();
  await mkdir(stateOf(home), { recursive: true });
  await writeFile(join(stateOf(home), 'audit'), 'no folder');

  const change = await mcpctl(['call', 'deeds', 'change'], home);
  const look = await mcpctl(['call', 'deeds', 'look'], home);

  expect(change).toMatchObject({ status: 1, stdout: '' });
  expect(change.stderr).toContain('AUDIT_UNWRITABLE');
  expect(look).toMatchObject({ status: 0, stdout: 'look done\n' });
});
