import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AuditPlace } from '../../src/audit/log-files.ts';
import { aCall, auditFolder, openLog, placeIn, verify } from '../support/audit.ts';
import { temporaryFolder } from '../support/cli.ts';
import { bundleFixture, kill, mountSmallDisk, startFixture } from '../support/fixture.ts';

interface Writer {
  readonly child: ChildProcess;
  readonly durable: string[];
}

function startWriter(program: string, { folder }: AuditPlace, count: number, atOnce: number): Writer {
  const child = startFixture(program, [folder, String(count), String(atOnce)]);
  const durable: string[] = [];
  child.on('message', (ids: string[]) => void durable.push(...ids));
  return { child, durable };
}

/** Correlation ids of the calls in the log. */
async function recorded({ folder }: AuditPlace): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.jsonl')) continue;
    for (const line of (await readFile(join(folder, name), 'utf8')).split('\n')) {
      if (!line.includes('"kind":"call"')) continue;
      // A killed writer's last line may be unfinished.
      const id = /"corr":"([^"]+)"/.exec(line)?.[1];
      if (id !== undefined && line.endsWith('"}')) ids.add(id);
    }
  }
  return ids;
}

test('no row that was durable is lost when writers are killed, and the log verifies', {
  timeout: 240_000,
}, async () => {
  const place = await auditFolder();
  const program = await bundleFixture('audit/writer.ts');
  const durable: string[] = [];
  let kills = 0;

  await Promise.all(
    [1, 8, 64].map(async (atOnce) => {
      for (let round = 0; (durable.length < 40_000 || kills <= 20) && round < 60; round += 1) {
        const writer = startWriter(program, place, 1_000_000, atOnce);
        await once(writer.child, 'message');
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
        await kill(writer.child);
        kills += 1;
        durable.push(...writer.durable);
      }
    }),
  );
  const last = startWriter(program, place, 10_000, 64);
  await once(last.child, 'exit');
  durable.push(...last.durable);

  expect(durable.length).toBeGreaterThan(50_000);
  expect(kills).toBeGreaterThan(20);
  const rows = await recorded(place);
  expect(durable.filter((id) => !rows.has(id))).toEqual([]);
  const { problems, chains } = await verify(place);
  expect(problems).toEqual([]);
  expect(chains.length).toBeLessThanOrEqual(3);
});

test('six processes write at once without waiting for one another or mixing their rows', async () => {
  const place = await auditFolder();
  const program = await bundleFixture('audit/writer.ts');

  const writers = Array.from({ length: 6 }, () => startWriter(program, place, 500, 4));
  await Promise.all(writers.map(({ child }) => once(child, 'exit')));

  const rows = await recorded(place);
  expect(writers.map(({ durable }) => durable.length)).toEqual(Array.from({ length: 6 }, () => 500));
  expect(rows.size).toBe(3000);
  expect((await verify(place)).problems).toEqual([]);
});

test('an unfinished row of a killed writer is set aside and told of', async () => {
  const place = await auditFolder();
  const log = openLog(place);
  await log.record(aCall({ corr: 'one' }));
  await log.close();
  const [name = ''] = (await readdir(place.folder)).filter((file) => file.endsWith('.jsonl'));
  const path = join(place.folder, name);
  await appendFile(path, '{"argsMac":"unfin');

  const before = await verify(place);
  const next = openLog(place);
  await next.record(aCall({ corr: 'two' }));
  await next.close();
  const after = await verify(place);

  expect(before.problems).toEqual([]);
  expect(before.remarks).toEqual([
    expect.stringContaining(`${name}:4: a killed process left a row unfinished`),
  ]);
  expect(after).toMatchObject({ problems: [], remarks: [], chains: [{ chain: 's00' }] });
  const text = await readFile(path, 'utf8');
  expect(text).toMatch(/"bytes":17,.*"kind":"recovered"/);
  const [set] = await readdir(join(place.folder, 'quarantine'));
  expect(await readFile(join(place.folder, 'quarantine', set ?? ''), 'utf8')).toBe('{"argsMac":"unfin');
});

test('a full disk refuses rows, leaves nothing half-written, and goes on when there is room', async () => {
  const folder = await temporaryFolder();
  mountSmallDisk(folder, '256k');
  const place = placeIn(join(folder, 'audit'));
  const log = openLog(place);
  const outcomes: string[] = [];
  for (let row = 0; row < 600; row += 1) {
    outcomes.push(
      await log.record(aCall({ corr: `row-${row}` })).then(
        () => `row-${row}`,
        (error: { code: string }) => error.code,
      ),
    );
  }
  const full = await readFile(
    join(place.folder, `${new Date().toISOString().slice(0, 10)}.s00.jsonl`),
    'utf8',
  );
  const kept = outcomes.filter((outcome) => outcome.startsWith('row-'));

  expect(outcomes.at(-1)).toBe('AUDIT_UNWRITABLE');
  expect(full.endsWith('"}\n')).toBe(true);
  expect([...(await recorded(place))]).toEqual(kept);
  execFileSync('mount', ['-o', 'remount,size=512k', folder]);
  await log.record(aCall({ corr: 'later' }));
  await log.close();
  expect((await verify(place)).problems).toEqual([]);
  expect([...(await recorded(place))]).toEqual([...kept, 'later']);
});
