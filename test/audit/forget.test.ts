import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { forgetSubject } from '../../src/audit/forget.ts';
import type { AuditPlace } from '../../src/audit/log-files.ts';
import { queryLog } from '../../src/audit/query.ts';
import { createSubjects } from '../../src/audit/subjects.ts';
import { aCall, auditFolder, fileKeys, openLog, verify } from '../support/audit.ts';

const NAME = 'zuleika-the-forgotten';
const SECRET_WORD = 'the-word-she-searched-for';

/** Files under the folder of the log, and beside it, whose bytes hold the text, as it is or as base64. */
async function filesWith(place: AuditPlace, text: string): Promise<string[]> {
  const root = join(place.folder, '..');
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const found: string[] = [];
  for (const { parentPath, name } of files) {
    const bytes = await readFile(join(parentPath, name));
    const forms = [
      text,
      Buffer.from(text).toString('base64').replace(/=+$/, ''),
      Buffer.from(text).toString('hex'),
    ];
    if (name.includes(text) || forms.some((form) => bytes.includes(form))) found.push(name);
  }
  return found;
}

async function recordTwo(place: AuditPlace): Promise<void> {
  const log = openLog(place, { payloads: true });
  await log.record(aCall({ corr: 'hers', personal: { user: NAME, args: { query: SECRET_WORD } } }));
  await log.record(aCall({ corr: 'his', personal: { user: 'bob', args: { query: 'his word' } } }));
  await log.close();
}

test('what is recorded of a person is readable with their key, and in no file as it is', async () => {
  const place = await auditFolder();
  await recordTwo(place);

  const subjects = createSubjects(place, await fileKeys(place));
  const subject = await subjects.find(NAME);
  const { calls } = await queryLog(place, { sub: subject?.pseudonym ?? '', limit: 10 });

  expect(calls.map(({ corr, pii = '' }) => JSON.parse(subject?.unseal(pii, corr) ?? ''))).toEqual([
    { user: NAME, args: { query: SECRET_WORD } },
  ]);
  expect(await filesWith(place, NAME)).toEqual([]);
  expect(await filesWith(place, SECRET_WORD)).toEqual([]);
});

test('a forgotten person leaves nothing that leads to them, a receipt, and a log that verifies', async () => {
  const place = await auditFolder();
  await recordTwo(place);
  const keys = await fileKeys(place);
  const subjects = createSubjects(place, keys);
  const before = await subjects.find(NAME);
  const keyFile = await readFile(before?.file ?? '');
  const log = openLog(place);

  const forgotten = await forgetSubject({ place, keys, subject: NAME, log });
  await log.close();

  expect(forgotten).toEqual({ pseudonym: before?.pseudonym, rows: 1 });
  expect(await subjects.find(NAME)).toBeUndefined();
  expect(await filesWith(place, keyFile.toString('latin1'))).toEqual([]);
  expect(await readdir(join(place.folder, 'subjects'))).toHaveLength(1);
  expect(await filesWith(place, NAME)).toEqual([]);
  const { calls } = await queryLog(place, { limit: 10 });
  const rest = await subjects.all();
  expect(rest.map(({ name }) => name)).toEqual(['bob']);
  expect(calls.map(({ corr, pii = '' }) => rest.some((one) => one.unseal(pii, corr) !== undefined))).toEqual([
    false,
    true,
  ]);
  const [segment = ''] = (await readdir(place.folder)).filter((name) => name.endsWith('.jsonl'));
  expect(await readFile(join(place.folder, segment), 'utf8')).toContain(`"kind":"forgotten","prev":"`);
  expect((await verify(place)).problems).toEqual([]);
});

test('somebody who comes back after being forgotten gets another pseudonym', async () => {
  const place = await auditFolder();
  await recordTwo(place);
  const keys = await fileKeys(place);
  const log = openLog(place);
  const forgotten = await forgetSubject({ place, keys, subject: NAME, log });
  await log.close();

  await recordTwo(place);

  const again = await createSubjects(place, keys).find(NAME);
  expect(again?.pseudonym).toMatch(/^[0-9a-f]{20}$/);
  expect(again?.pseudonym).not.toBe(forgotten?.pseudonym);
});

test('a running process stops using the key of somebody who was forgotten', async () => {
  const place = await auditFolder();
  let time = Date.now();
  const running = openLog(place, { now: () => new Date(time) });
  await running.record(aCall({ corr: 'one' }));
  const keys = await fileKeys(place);
  const other = openLog(place);
  const forgotten = await forgetSubject({ place, keys, subject: 'ada', log: other });
  await other.close();
  time += 6_000;

  await running.record(aCall({ corr: 'two' }));
  await running.close();

  const { calls } = await queryLog(place, { limit: 10 });
  const [one, two] = ['one', 'two'].map((id) => calls.find(({ corr }) => corr === id)?.sub);
  expect(one).toBe(forgotten?.pseudonym);
  expect(two).not.toBe(one);
});

test('nobody is found who was never recorded', async () => {
  const place = await auditFolder();
  await recordTwo(place);
  const log = openLog(place);

  expect(await forgetSubject({ place, keys: await fileKeys(place), subject: 'carol', log })).toBeUndefined();
});
