import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AuditPlace, headPath } from '../../src/audit/log-files.ts';
import { pruneLog } from '../../src/audit/prune.ts';
import { aCall, auditFolder, fileKeys, openLog, verify } from '../support/audit.ts';

/** One call a day for ten days, in one chain. */
async function tenDays(): Promise<AuditPlace> {
  const place = await auditFolder();
  for (let day = 1; day <= 10; day += 1) await recordOn(place, day);
  return place;
}

async function recordOn(place: AuditPlace, day: number): Promise<void> {
  const log = openLog(place, { now: () => new Date(Date.UTC(2026, 10, day, 9)) });
  await log.record(aCall({ corr: `day-${day}` }));
  await log.close();
}

async function prune(place: AuditPlace, before: string, dryRun = false): Promise<string[]> {
  return await pruneLog({ place, keys: await fileKeys(place), before, dryRun });
}

async function segments({ folder }: AuditPlace): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort();
}

test('whole days go, the rest verifies, and the chain goes on', async () => {
  const place = await tenDays();

  const planned = await prune(place, '2026-11-08', true);
  expect(await segments(place)).toHaveLength(10);
  const removed = await prune(place, '2026-11-08');
  const after = await verify(place);
  await recordOn(place, 11);

  expect(planned).toEqual(removed);
  expect(removed).toEqual(Array.from({ length: 7 }, (_, index) => `2026-11-0${index + 1}.s00.jsonl`));
  expect(await segments(place)).toEqual(['08', '09', '10', '11'].map((day) => `2026-11-${day}.s00.jsonl`));
  expect(after.problems).toEqual([]);
  expect((await verify(place)).problems).toEqual([]);
});

test('a log of which every day was pruned goes on where it stood', async () => {
  const place = await tenDays();

  await prune(place, '2027-01-01');
  const empty = await verify(place);
  await recordOn(place, 12);

  expect(empty).toMatchObject({ problems: [], rows: 0, segments: 0 });
  expect(await segments(place)).toEqual(['2026-11-12.s00.jsonl']);
  const { problems, chains } = await verify(place);
  expect(problems).toEqual([]);
  expect(chains).toEqual([{ chain: 's00', rows: 3, last: 33 }]);
});

test('the last day of a chain in use stays', async () => {
  const place = await tenDays();
  const running = openLog(place, { now: () => new Date(Date.UTC(2026, 10, 10, 9)) });
  await running.record(aCall());

  await prune(place, '2027-01-01');
  await running.record(aCall());
  await running.close();

  expect(await segments(place)).toEqual(['2026-11-10.s00.jsonl']);
  const text = await readFile(join(place.folder, '2026-11-10.s00.jsonl'), 'utf8');
  expect(text).toContain('"corr":"day-10"');
  expect((await verify(place)).problems).toEqual([]);
});

test('days that somebody else removed are missed', async () => {
  const place = await tenDays();
  await prune(place, '2026-11-04');
  const [name = ''] = await segments(place);
  const text = await readFile(join(place.folder, name), 'utf8');
  await writeFile(join(place.folder, name), '');

  const { problems } = await verify(place);

  expect(text).not.toBe('');
  expect(problems.map(({ file, what }) => [file, what])).toContainEqual([
    '2026-11-05.s00.jsonl',
    'rows 10 to 12 are missing before it',
  ]);
});

test('pruning that was interrupted after its checkpoint still verifies, and is finished by the next', async () => {
  const place = await tenDays();
  const kept = await readFile(join(place.folder, '2026-11-03.s00.jsonl'));
  await prune(place, '2026-11-04');
  await writeFile(join(place.folder, '2026-11-03.s00.jsonl'), kept);

  const between = await verify(place);
  const removed = await prune(place, '2026-11-04');

  expect(between.problems).toEqual([]);
  expect(removed).toEqual(['2026-11-03.s00.jsonl']);
  expect((await verify(place)).problems).toEqual([]);
});

test('a checkpoint made without the key does not excuse missing days', async () => {
  const place = await tenDays();
  await prune(place, '2026-11-04');
  const record = await readFile(join(place.folder, 's00.pruned'), 'utf8');
  await writeFile(join(place.folder, 's00.pruned'), record.replace(/"mac":"[0-9a-f]/, '"mac":"x'));

  const { problems } = await verify(place);

  expect(problems).toEqual([{ file: 's00.pruned', what: 'the checkpoint is not valid: it was changed' }]);
  expect(await readFile(headPath(place, 's00'), 'utf8')).toContain('"seq":30');
});
