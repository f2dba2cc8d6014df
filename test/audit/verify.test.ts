import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AuditPlace, headPath } from '../../src/audit/log-files.ts';
import { readLine } from '../../src/audit/row-line.ts';
import { readRecord } from '../../src/audit/sealed-record.ts';
import { type Verdict, verifyLog } from '../../src/audit/verify.ts';
import { aCall, auditFolder, fileKeys, openLog, verify } from '../support/audit.ts';
import { createRandom } from '../support/random.ts';

const ROWS = 1000;
const DAYS = 4;

interface Log {
  readonly place: AuditPlace;
  /** Segments and heads by name. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** A log of a thousand rows over four days in one chain, and a second chain of a process that ran beside it. */
async function writeLog(): Promise<Log> {
  const place = await auditFolder();
  for (let day = 1; day <= DAYS; day += 1) {
    const now = () => new Date(Date.UTC(2026, 10, day, 12));
    const [log, beside] = [openLog(place, { now }), openLog(place, { now })];
    const calls = Array.from({ length: ROWS / DAYS - 2 }, (_, row) => aCall({ corr: `${day}-${row}` }));
    await log.record(aCall());
    await beside.record(aCall({ corr: `beside-${day}` }));
    await Promise.all(calls.slice(1).map((call) => log.record(call)));
    await log.close();
    await beside.close();
  }
  const names = (await readdir(place.folder)).filter((name) => /\.(jsonl|head)$/.test(name));
  const contents = await Promise.all(names.map((name) => readFile(join(place.folder, name))));
  return { place, files: new Map(names.map((name, index) => [name, contents[index] ?? Buffer.alloc(0)])) };
}

interface Attack {
  readonly name: string;
  /** Undefined: the file is removed. */
  readonly content: Buffer | undefined;
  /** Where it was done, for the report of a failure. */
  readonly where: string;
}

/** Does each attack alone to the files; returns those that went unseen, and what the others led to. */
async function attackAll(
  { place, files }: Log,
  attacks: Iterable<Attack>,
): Promise<{ unseen: string[]; verdicts: Verdict[] }> {
  const unseen: string[] = [];
  const verdicts: Verdict[] = [];
  for (const { name, content, where } of attacks) {
    const path = join(place.folder, name);
    if (content) await writeFile(path, content);
    else await rm(path);
    const verdict = await verify(place);
    verdicts.push(verdict);
    if (verdict.problems.length === 0) unseen.push(where);
    await writeFile(path, files.get(name) ?? '');
  }
  expect((await verify(place)).problems).toEqual([]);
  return { unseen, verdicts };
}

function segmentsOf({ files }: Log): [string, Buffer][] {
  return [...files].filter(([name]) => name.endsWith('.jsonl'));
}

/** Every line with its line break, and where it begins. */
function linesOf(bytes: Buffer): { start: number; end: number }[] {
  const lines = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start) + 1;
    lines.push({ start, end });
    start = end;
  }
  return lines;
}

test('a log nobody touched verifies', async () => {
  const { place } = await writeLog();

  const verdict = await verify(place);

  expect(verdict).toMatchObject({ problems: [], remarks: [], rows: ROWS + 3 * DAYS, segments: 2 * DAYS });
});

test('no byte of any row can be another one', async () => {
  const log = await writeLog();
  const random = createRandom(7);
  const unseen: string[] = [];
  let attacks = 0;
  for (const [name, bytes] of segmentsOf(log)) {
    for (const [index, { start, end }] of linesOf(bytes).entries()) {
      const line = Buffer.from(bytes.subarray(start, end));
      for (let at = 0; at < line.length; at += 1) {
        const original = line[at] ?? 0;
        line[at] = original ^ (1 << random.below(8));
        if (typeof readLine(line) !== 'string') unseen.push(`${name}:${index + 1} byte ${at}`);
        line[at] = original;
        attacks += 1;
      }
    }
  }

  expect(attacks).toBeGreaterThan(400 * ROWS);
  expect(unseen).toEqual([]);
});

test('a changed byte is found in each row, and the row is named', { timeout: 240_000 }, async () => {
  const log = await writeLog();
  const random = createRandom(8);
  const attacks = segmentsOf(log).flatMap(([name, bytes]) =>
    linesOf(bytes).map(({ start, end }, index) => {
      const content = Buffer.from(bytes);
      const at = [start, end - 2, end - 1, start + random.below(end - start)][index % 4] ?? start;
      content[at] = (content[at] ?? 0) ^ (1 << random.below(8));
      return { name, content, where: `${name}:${index + 1} byte ${at - start}`, line: index + 1 };
    }),
  );

  const { unseen, verdicts } = await attackAll(log, attacks);

  expect(unseen).toEqual([]);
  const misnamed = attacks.filter(
    ({ name, line }, index) =>
      !verdicts[index]?.problems.some((one) => one.file === name && one.line === line),
  );
  expect(misnamed.map(({ where }) => where)).toEqual([]);
});

test('no byte of a head can be another one', async () => {
  const { place, files } = await writeLog();
  const keys = await fileKeys(place);
  const unseen: string[] = [];
  for (const chain of ['s00', 's01']) {
    const path = headPath(place, chain);
    const bytes = Buffer.from(files.get(`${chain}.head`) ?? '');
    for (const [at, byte] of bytes.entries()) {
      bytes[at] = byte ^ 1;
      await writeFile(path, bytes);
      const found = await readRecord(path, 'head', chain, keys);
      if (found === 'absent' || !('flaw' in found)) unseen.push(`${chain} byte ${at}`);
      bytes[at] = byte;
    }
  }

  expect(unseen).toEqual([]);
  expect((await verify(place)).problems).toMatchObject([{ file: 's00.head' }, { file: 's01.head' }]);
});

test('every removed, repeated or swapped row is found', { timeout: 240_000 }, async () => {
  const log = await writeLog();
  const attacks = segmentsOf(log).flatMap(([name, bytes]) =>
    linesOf(bytes).flatMap(({ start, end }, index, lines): Attack[] => {
      const [before, line, after] = [
        bytes.subarray(0, start),
        bytes.subarray(start, end),
        bytes.subarray(end),
      ];
      const next = lines[index + 1];
      const where = `${name}:${index + 1}`;
      return [
        { name, content: Buffer.concat([before, after]), where: `${where} removed` },
        ...(index % 10 === 0
          ? [{ name, content: Buffer.concat([before, line, line, after]), where: `${where} repeated` }]
          : []),
        ...(next
          ? [
              {
                name,
                content: Buffer.concat([
                  before,
                  bytes.subarray(end, next.end),
                  line,
                  bytes.subarray(next.end),
                ]),
                where: `${where} swapped`,
              },
            ]
          : []),
      ];
    }),
  );

  const { unseen } = await attackAll(log, attacks);

  expect(attacks.length).toBeGreaterThan(2 * ROWS);
  expect(unseen).toEqual([]);
});

test('every truncation is found, at a row or within one', { timeout: 240_000 }, async () => {
  const log = await writeLog();
  const random = createRandom(11);
  const attacks = segmentsOf(log).flatMap(([name, bytes]) =>
    linesOf(bytes).flatMap(({ start, end }, index): Attack[] =>
      (index % 4 === 0 ? [start, start + 1 + random.below(end - start - 1), end - 1] : [start]).map((at) => ({
        name,
        content: bytes.subarray(0, at),
        where: `${name}:${index + 1} cut at ${at - start}`,
      })),
    ),
  );

  expect((await attackAll(log, attacks)).unseen).toEqual([]);
});

test('a removed file is found, and so is a chain removed as a whole', async () => {
  const log = await writeLog();
  const attacks = [...log.files.keys()].map((name): Attack => ({ name, content: undefined, where: name }));

  expect((await attackAll(log, attacks)).unseen).toEqual([]);
  for (const name of log.files.keys()) if (name.includes('s01')) await rm(join(log.place.folder, name));
  expect((await verify(log.place)).problems).toEqual([
    {
      file: 's01.head',
      what: expect.stringMatching(/^the whole chain s01, which .*\.jsonl:2 saw, is gone$/),
    },
  ]);
});

test('a log that was written anew without the key is found', async () => {
  const { place } = await writeLog();
  const other = await auditFolder();
  const forged = openLog(other, { now: () => new Date(Date.UTC(2026, 10, 1, 12)) });
  for (let row = 0; row < 20; row += 1) await forged.record(aCall());
  await forged.close();
  for (const name of await readdir(place.folder)) {
    if (/\.(jsonl|head)$/.test(name)) await rm(join(place.folder, name));
  }
  for (const name of await readdir(other.folder)) {
    if (/\.(jsonl|head)$/.test(name)) {
      await writeFile(join(place.folder, name), await readFile(join(other.folder, name)));
    }
  }

  const { problems } = await verify(place);

  expect(problems).toEqual([
    { file: '2026-11-01.s00.jsonl', line: 1, seq: 1, what: 'the checkpoint in the header is not valid' },
    { file: 's00.head', what: 'the head is not valid: it was changed' },
  ]);
});

test('nobody adds to a chain that was cut, so that the cut stays visible', async () => {
  const log = await writeLog();
  const [name, bytes] = segmentsOf(log).findLast(([file]) => file.includes('s00')) ?? ['', Buffer.alloc(0)];
  const { start = 0 } = linesOf(bytes).at(-3) ?? {};
  await writeFile(join(log.place.folder, name), bytes.subarray(0, start));

  const next = openLog(log.place, { now: () => new Date(Date.UTC(2026, 10, DAYS + 1)) });
  await next.record(aCall());
  await next.close();
  const { problems } = await verify(log.place);

  expect(problems.map(({ file, what }) => `${file}: ${what}`)).toEqual([
    expect.stringMatching(`^${name}: rows \\d+ to \\d+ are missing at the end$`),
    expect.stringMatching(`^${name}: row \\d+, which .*s01.jsonl:2 saw, is missing at the end$`),
  ]);
  const text = await readFile(join(log.place.folder, `2026-11-0${DAYS + 1}.s01.jsonl`), 'utf8');
  expect(text).toContain('"skipped":["s00"]');
});

test('without the key the rows are checked, and what could not be is told', async () => {
  const { place } = await writeLog();

  const verdict = await verifyLog({ place, keys: { unsealed: 'KEYCHAIN_UNAVAILABLE' } });

  expect(verdict.problems).toEqual([]);
  expect(verdict.remarks).toEqual([
    's00, s01: the heads could not be checked without the key (KEYCHAIN_UNAVAILABLE).',
  ]);
});
