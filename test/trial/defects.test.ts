import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { areaOf } from '../../src/trial/check-ids.ts';
// The list is the fixture's own, so that no defect is left out.
import { DEFECTS } from '../fixtures/servers/defects.mjs';
import { front } from '../support/conformance.ts';
import { defective, foundBy, problemsOf, tryAddress, tryProgram } from '../support/trial.ts';

const ITEM_KEY = 'key-of-the-items-0123456789';
const KEY = { env: { ITEM_KEY }, secrets: [ITEM_KEY] };

let outsideFolder = '';
// One for all: what is to go with a test that runs beside others may go with one of these.
beforeAll(async () => {
  outsideFolder = await realpath(await mkdtemp(join(tmpdir(), 'mcpctl-test-')));
});
afterAll(() => rm(outsideFolder, { recursive: true, force: true }));

test('a sound server passes every check that applies to it', async () => {
  const trial = await tryProgram(defective(undefined, KEY.env), { secrets: KEY.secrets });

  expect(problemsOf(trial)).toEqual([]);
  expect(trial.versions).toEqual(['2025-11-25', '2026-07-28']);
  const skipped = trial.verdicts.filter(({ status }) => status === 'skipped').map(({ id }) => id);
  expect(skipped).toEqual([
    'meta-required',
    'http-origin',
    'http-methods',
    'http-headers',
    'example-calls',
    'replays',
  ]);
  expect(trial.passed).toBeGreaterThan(60);
});

test.concurrent.each(Object.entries(DEFECTS))(
  'finds a server that %s, and nothing else in it',
  { timeout: 300_000 },
  async (name, { finds }) => {
    // What a server says of itself is no matter of how it speaks, which takes most of the time.
    const skip = areaOf(finds) === 'protocol' ? [] : ['protocol'];
    const more = { secrets: KEY.secrets, skip, outsideFolder };
    const trial = await tryProgram(defective(name, KEY.env), more);

    expect(foundBy(trial), problemsOf(trial).join('\n')).toEqual([finds]);
  },
);

test.each([
  ['minds what headers say', {}, []],
  ['takes headers that say something else than the body', { HEADERS: 'ignored' }, ['http-headers']],
])('finds over HTTP a server that %s, and nothing else in it', async (_, env, finds) => {
  const { command, args } = defective();
  const url = await front([command, ...args], { PATH: process.env.PATH ?? '', ...KEY.env, ...env });

  const trial = await tryAddress(url, { only: ['handshake', 'http-origin', 'http-methods', 'http-headers'] });

  expect(foundBy(trial), problemsOf(trial).join('\n')).toEqual(finds);
  expect(trial.versions).toEqual(['2025-11-25', '2026-07-28']);
});

test('thirty defects and more are planted', () => {
  expect(Object.keys(DEFECTS).length).toBeGreaterThan(30);
});
