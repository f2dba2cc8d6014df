import { appendFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { followLog } from '../../src/audit/follow.ts';
import { listLogFiles } from '../../src/audit/log-files.ts';
import { aCall, auditFolder, openLog } from '../support/audit.ts';

test('gives every call once, those of other days only when they are asked for', async () => {
  const place = await auditFolder();
  let now = new Date('2026-11-28T10:00:00.000Z');
  const log = openLog(place, { now: () => now });
  const record = async (tool: string): Promise<void> =>
    await log.record(aCall({ tool, ts: now.toISOString() }));
  await record('long ago');
  now = new Date('2026-11-30T10:00:00.000Z');
  await record('before');
  const read = followLog(place, new Date('2026-11-29T23:00:00.000Z'));
  const tools = async (): Promise<unknown[]> => (await read()).map(({ tool }) => tool);

  expect(await tools()).toEqual(['before']);
  expect(await tools()).toEqual([]);
  await record('first');
  await record('second');
  expect(await tools()).toEqual(['first', 'second']);
  now = new Date('2026-12-01T00:00:01.000Z');
  await record('next day');
  expect(await tools()).toEqual(['next day']);
  await log.close();
});

test('waits for a line that is not whole, and passes over what is no row', async () => {
  const place = await auditFolder();
  const log = openLog(place);
  await log.record(aCall({ tool: 'one' }));
  await log.close();
  const read = followLog(place, new Date(Date.now() - 60_000));
  expect(await read()).toHaveLength(1);
  const [segment] = (await listLogFiles(place)).segments;
  const path = segment?.path ?? '';

  await appendFile(path, '{"kind":"call"');
  expect(await read()).toEqual([]);
  await appendFile(path, '}\n');
  expect(await read()).toEqual([]);
});
