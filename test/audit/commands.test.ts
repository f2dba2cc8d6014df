import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aCall, openLog, placeIn } from '../support/audit.ts';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../support/cli.ts';
import { fixtureEntry, writeManifest } from '../support/servers.ts';

const DAY_MS = 86_400_000;

/** Calls 400, 200 and 0 days old. */
async function homeWithLog(): Promise<Home> {
  const home = await emptyHome();
  const settings = join(home.home, '.config/mcpctl');
  await mkdir(settings, { recursive: true });
  await writeFile(join(settings, 'config.json'), '{"audit":{"key":"file"}}');
  for (const days of [400, 200, 0]) {
    const time = new Date(Date.now() - days * DAY_MS);
    const log = openLog(placeIn(folderOf(home)), { now: () => time });
    const ts = time.toISOString();
    await log.record(aCall({ ts, corr: `${days}-a`, server: 'github', tool: 'search' }));
    const personal = { user: 'grace' };
    await log.record(aCall({ ts, corr: `${days}-b`, outcome: 'denied', errorType: 'POLICY', personal }));
    await log.close();
  }
  return home;
}

const folderOf = ({ home }: Home): string => join(home, '.local/state/mcpctl/audit');

async function query(home: Home, ...args: string[]): Promise<string[]> {
  const { document } = await mcpctlJson(['audit', 'query', ...args], home);
  return document.data.calls.map(({ corr }: { corr: string }) => corr);
}

test('query filters by time, server, tool, user and outcome, the latest last', async () => {
  const home = await homeWithLog();

  expect(await query(home)).toEqual(['400-a', '400-b', '200-a', '200-b', '0-a', '0-b']);
  expect(await query(home, '--limit', '1')).toEqual(['0-b']);
  expect(await query(home, '--since', '300d')).toEqual(['200-a', '200-b', '0-a', '0-b']);
  expect(await query(home, '--until', '300d')).toEqual(['400-a', '400-b']);
  expect(await query(home, '--server', 'github', '--since', '1d')).toEqual(['0-a']);
  expect(await query(home, '--tool', 'search')).toEqual(['400-a', '200-a', '0-a']);
  expect(await query(home, '--user', 'grace', '--since', '300d')).toEqual(['200-b', '0-b']);
  expect(await query(home, '--outcome', 'denied', '--limit', '2')).toEqual(['200-b', '0-b']);
  expect((await mcpctl(['audit', 'query', '--outcome', 'fine'], home)).status).toBe(2);
  const shown = await mcpctl(['audit', 'query', '--limit', '2'], home);
  expect(shown.stdout).toMatch(
    /^TIME +SERVER +TOOL +OUTCOME +MS +CLIENT +USER\n.* search +ok +1\.5 +test +ada\n.*denied \(POLICY\)/,
  );
  expect((await mcpctl(['audit', 'query', '--csv'], home)).stdout.trimEnd().split('\n')).toHaveLength(7);
});

test('verify names file and line of a changed row, and ends with 1', async () => {
  const home = await homeWithLog();
  expect((await mcpctl(['audit', 'verify'], home)).status).toBe(0);
  const [, name = ''] = (await readdir(folderOf(home))).filter((file) => file.endsWith('.jsonl')).sort();
  const path = join(folderOf(home), name);
  await writeFile(path, (await readFile(path, 'utf8')).replace('"tool":"search"', '"tool":"delete"'));

  const told = await mcpctl(['audit', 'verify'], home);
  const { status, document } = await mcpctlJson(['audit', 'verify'], home);

  expect(told).toMatchObject({ status: 1, stdout: '' });
  expect(told.stderr).toContain(`${path}:3: the row was changed: its hash does not fit`);
  expect(status).toBe(1);
  expect(document.error).toMatchObject({
    code: 'AUDIT_BROKEN',
    data: { problems: [{ file: name, line: 3, what: expect.any(String) }] },
  });
  expect((await mcpctl(['audit', 'query'], home)).stderr).toContain('1 lines of the log are damaged');
});

test('prune keeps 183 days unless told otherwise, and says what it would do', async () => {
  const home = await homeWithLog();

  const planned = await mcpctlJson(['audit', 'prune', '--dry-run'], home);
  const done = await mcpctlJson(['audit', 'prune'], home);
  const verified = await mcpctl(['audit', 'verify'], home);

  expect(planned.document.data.removed).toHaveLength(2);
  expect(done.document.data.removed).toEqual(planned.document.data.removed);
  expect(await query(home)).toEqual(['0-a', '0-b']);
  expect(verified.status).toBe(0);
  expect((await mcpctl(['audit', 'export'], home)).stdout).toContain('"kind":"pruned"');
});

test('days that are older than is kept go when the log is next written, but not during a hold', async () => {
  const home = await homeWithLog();
  await writeManifest(home.home, { deeds: fixtureEntry('deeds') });
  await mcpctl(['audit', 'hold', 'on'], home);
  await mcpctl(['call', 'deeds', 'look'], home);
  const held = await query(home);
  await mcpctl(['audit', 'hold', 'off'], home);

  await mcpctl(['call', 'deeds', 'look'], home);

  expect(held.slice(0, 4)).toEqual(['400-a', '400-b', '200-a', '200-b']);
  expect((await query(home)).slice(0, 2)).toEqual(['0-a', '0-b']);
  expect((await mcpctl(['audit', 'export'], home)).stdout).toContain('"kind":"pruned"');
  expect((await mcpctl(['audit', 'verify'], home)).status).toBe(0);
});

test('a legal hold keeps prune and forget away until it ends, and both are in the log', async () => {
  const home = await homeWithLog();

  await mcpctl(['audit', 'hold', 'on'], home);
  const pruned = await mcpctl(['audit', 'prune'], home);
  const forgotten = await mcpctl(['audit', 'forget', 'grace', '--yes'], home);
  await mcpctl(['audit', 'hold', 'off'], home);
  const later = await mcpctl(['audit', 'forget', 'grace', '--yes'], home);

  expect([pruned.status, forgotten.status, later.status]).toEqual([6, 6, 0]);
  expect(pruned.stderr).toContain('AUDIT_HELD');
  const holds = (await mcpctl(['audit', 'export'], home)).stdout.match(/"kind":"hold","on":(true|false)/g);
  expect(holds).toEqual(['"kind":"hold","on":true', '"kind":"hold","on":false']);
});

test('forget asks first, says what it did and did not do, and knows whom it does not know', async () => {
  const home = await homeWithLog();

  const unasked = await mcpctl(['audit', 'forget', 'grace'], home);
  const done = await mcpctl(['audit', 'forget', 'grace', '--yes'], home);
  const again = await mcpctl(['audit', 'forget', 'grace', '--yes'], home);
  const { document } = await mcpctlJson(['audit', 'query', '--outcome', 'denied'], home);

  expect(unasked.status).toBe(2);
  expect(done.stdout).toBe('Forgotten: the personal fields of 3 calls cannot be read any more.\n');
  expect(done.stderr).toContain('exports made before');
  expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('AUDIT_SUBJECT_UNKNOWN') });
  expect(document.data.calls.map(({ user }: { user?: string }) => user)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect((await mcpctl(['audit', 'verify'], home)).status).toBe(0);
});

test('each region has a log of its own', async () => {
  const home = await homeWithLog();
  await mcpctl(['config', 'set', 'audit.region', 'eu'], home);
  await mcpctl(['audit', 'hold', 'on'], home);

  expect(await query(home)).toEqual([]);
  expect((await mcpctl(['audit', 'export'], home)).stdout).toContain('"kind":"hold"');
  expect(await readdir(join(folderOf(home), 'region-eu'))).toContain('s00.head');
  expect((await mcpctl(['config', 'set', 'audit.region', '../x'], home)).status).toBe(2);
});
