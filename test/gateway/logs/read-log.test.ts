import { appendFile, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { followLogs } from '../../../src/gateway/logs/follow-logs.ts';
import type { LogLine } from '../../../src/gateway/logs/log-line.ts';
import { type HistoryOptions, readLogs } from '../../../src/gateway/logs/read-log.ts';
import { createRotatingFile } from '../../../src/gateway/logs/rotating-file.ts';
import { serverLine } from '../../../src/gateway/logs/server-line.ts';
import { temporaryFolder } from '../../support/cli.ts';

const START = Date.parse('2026-11-23T10:00:00.000Z');

/** A line of a server, so many seconds after the start. */
const line = (second: number, text: string): string =>
  serverLine({ at: START + second * 1000, pid: 7, source: 'stderr', text });

const own = (second: number, facts: object): string =>
  `${JSON.stringify({ level: 'info', time: new Date(START + second * 1000).toISOString(), pid: 9, msg: 'call', ...facts })}\n`;

const textsOf = (lines: readonly LogLine[]): string[] => lines.map(({ text }) => text);

async function texts(folder: string, options: Partial<HistoryOptions> = {}): Promise<string[]> {
  return textsOf((await readLogs({ folder, servers: [], isFollowed: false, ...options })).lines);
}

test('logs of several servers and of the gateway are merged by time', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'github.log'), line(1, 'a') + line(4, 'd'));
  await writeFile(join(folder, 'linear.log'), line(2, 'b'));
  await writeFile(
    join(folder, 'gateway.jsonl'),
    own(3, { server: 'github', tool: 'search', outcome: 'ok', ms: 4 }),
  );

  const { lines } = await readLogs({ folder, servers: [], isFollowed: false });

  expect(textsOf(lines)).toEqual(['a', 'b', 'call github search ok ms=4', 'd']);
  expect(lines[2]).toMatchObject({
    from: 'gateway',
    server: 'github',
    level: 'info',
    pid: 9,
    facts: { ms: 4 },
  });
  expect(lines[0]).toEqual({
    from: 'server',
    server: 'github',
    level: 'info',
    at: START + 1000,
    pid: 7,
    text: 'a',
  });
});

test('of a named server come its own lines and what gateways did with it, and gateway names all they did', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'github.log'), line(1, 'a'));
  await writeFile(join(folder, 'linear.log'), line(2, 'b'));
  const calls = own(3, { server: 'github' }) + own(4, { server: 'linear' }) + own(5, {});
  // With --verbose a gateway repeats what servers say.
  await writeFile(
    join(folder, 'gateway.jsonl'),
    calls + own(6, { server: 'github', source: 'stderr', level: 'debug' }),
  );

  expect(await texts(folder, { servers: ['github'] })).toEqual(['a', 'call github']);
  expect(await texts(folder, { servers: ['gateway'] })).toEqual(['call github', 'call linear', 'call']);
});

test('lines of files that were set aside come before those of the newest, and only the latest are read', async () => {
  const folder = await temporaryFolder();
  const file = createRotatingFile(join(folder, 'github.log'), 100);
  for (let second = 0; second < 12; second += 1) {
    file.write(line(second, `line ${second}`));
    file.flush();
  }
  const expected = Array.from({ length: 12 }, (_, second) => `line ${second}`);

  expect(await readFile(join(folder, 'github.log.3'), 'utf8')).not.toBe('');
  const all = await texts(folder);
  expect(all.length).toBeGreaterThan(6);
  expect(all).toEqual(expected.slice(-all.length));
  expect(await texts(folder, { limit: 3 })).toEqual(expected.slice(-3));
  expect(await texts(folder, { since: START + 8000 })).toEqual(expected.slice(8));
});

test('a line longer than what is read at once comes whole, and bytes that are no text stop nothing', async () => {
  const folder = await temporaryFolder();
  const long = 'ü'.repeat(100_000);
  const junk = Buffer.concat([
    Buffer.from(line(1, 'a')),
    Buffer.from([0xff, 0xfe, 10]),
    Buffer.from(line(2, long)),
  ]);
  await writeFile(join(folder, 'github.log'), junk);

  expect(await texts(folder)).toEqual(['a', '\ufffd\ufffd', long]);
});

test('a line without a time has that of the one before, and one before any is left out where a time is asked for', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'github.log'), `half of a li\n${line(1, 'a')}junk\n${line(9, 'b')}`);
  await writeFile(join(folder, 'gateway.jsonl'), `{"level":"info","ti\n${own(5, {})}`);

  expect(await texts(folder)).toEqual(['half of a li', '{"level":"info","ti', 'a', 'junk', 'call', 'b']);
  const recent = await readLogs({ folder, servers: ['github'], isFollowed: false, since: START });
  expect([textsOf(recent.lines), recent.undated]).toEqual([['a', 'junk', 'b'], 1]);
});

test('a level keeps what is worse, with the lines that belong to it', async () => {
  const folder = await temporaryFolder();
  const said = [
    'listening',
    '[WARN] slow',
    '{"level":50,"msg":"broken"}',
    'TypeError: x is not a function',
    '    at main (server.js:1:1)',
    '2026-11-23 10:00:00,000 - server - ERROR - refused',
    'no errors found',
    'level=debug asked',
  ];
  await writeFile(join(folder, 'github.log'), said.map((text, second) => line(second, text)).join(''));
  await writeFile(join(folder, 'gateway.jsonl'), own(20, { level: 'warn' }) + own(21, {}));

  expect(await texts(folder, { level: 'error' })).toEqual(said.slice(2, 6));
  expect(await texts(folder, { level: 'warn' })).toEqual([...said.slice(1, 6), 'warn: call']);
  expect(await texts(folder, { level: 'info' })).toEqual([...said.slice(0, 7), 'warn: call', 'call']);
});

test('a folder that is not there has no lines', async () => {
  expect(await texts(join(await temporaryFolder(), 'logs'))).toEqual([]);
});

/** Collects what comes; `has` waits until that many lines came. */
async function following(folder: string, options: Partial<HistoryOptions> = {}) {
  const query = { folder, servers: [], isFollowed: true, ...options };
  const { lines, positions } = await readLogs(query);
  const over = new AbortController();
  const found: LogLine[] = [];
  const done = (async () => {
    for await (const some of followLogs({ ...query, positions, signal: over.signal, pollMs: 10 }))
      found.push(...some);
  })();
  return {
    before: textsOf(lines),
    async has(count: number): Promise<string[]> {
      await expect.poll(() => found.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(count);
      return textsOf(found);
    },
    async end(): Promise<string[]> {
      over.abort();
      await done;
      return textsOf(found);
    },
  };
}

test('following begins where reading ended, waits for the rest of a half line, and finds files that appear', async () => {
  const folder = join(await temporaryFolder(), 'logs');
  const none = await following(folder, { servers: ['github'] });
  await mkdir(folder);
  await writeFile(join(folder, 'github.log'), `${line(1, 'a')}${line(2, 'begun').slice(0, -4)}`);
  expect(await none.has(1)).toEqual(['a']);
  const late = await following(folder);
  expect(late.before).toEqual(['a']);

  await appendFile(join(folder, 'github.log'), `gun\n${line(3, 'c')}`);
  await writeFile(join(folder, 'other.log'), line(4, 'd'));

  expect([await none.has(3), await late.has(3)]).toEqual([
    ['a', 'begun', 'c'],
    expect.arrayContaining(['begun', 'c', 'd']),
  ]);
  expect(await none.end()).toEqual(['a', 'begun', 'c']);
  expect(await late.end()).toHaveLength(3);
});

test('following loses nothing and repeats nothing when files are set aside, also several times between two looks', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'github.log');
  const file = createRotatingFile(path, 100);
  file.write(line(0, 'line 0'));
  file.flush();
  const follow = await following(folder);
  const expected: string[] = [];
  for (let second = 1; second <= 40; second += 1) {
    expected.push(`line ${second}`);
    file.write(line(second, `line ${second}`));
    file.flush();
    // Two files are begun and set aside before anybody looks.
    if (second % 4 === 0) expect(await follow.has(second)).toEqual(expected);
  }
  expect(follow.before).toEqual(['line 0']);
  expect(await follow.end()).toEqual(expected);
});

test('following goes on when a file is emptied, replaced, or removed and made again', async () => {
  const folder = await temporaryFolder();
  const [path, other] = [join(folder, 'github.log'), join(folder, 'other.log')];
  await writeFile(path, line(1, 'a long line that is not there any more'));
  const follow = await following(folder);
  await truncate(path);
  await appendFile(path, line(2, 'b'));
  expect(await follow.has(1)).toEqual(['b']);
  await writeFile(`${path}.new`, line(3, 'c'));
  await rename(`${path}.new`, path);
  expect(await follow.has(2)).toEqual(['b', 'c']);
  await rm(path);
  // After two of its lines, the removed file was looked for.
  await appendFile(other, line(4, 'd'));
  await follow.has(3);
  await appendFile(other, line(5, 'e'));
  await follow.has(4);
  await writeFile(path, line(6, 'f'));

  expect(await follow.has(5)).toEqual(['b', 'c', 'd', 'e', 'f']);
  await follow.end();
});
