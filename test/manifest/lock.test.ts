import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lockPath, printLock, readLock, updateLock } from '../../src/manifest/lock.ts';
import type { LockEntry } from '../../src/manifest/lock-schema.ts';
import { createPaths } from '../../src/platform/paths.ts';
import { temporaryFolder } from '../support/cli.ts';

const entry = (version: string): LockEntry => ({
  source: { type: 'npm', version, package: 'x', integrity: 'sha512-abc=', bin: 'x' },
  lockedAt: '2026-01-01T00:00:00.000Z',
});

async function place() {
  const home = await temporaryFolder();
  return { manifest: join(home, 'm.json'), paths: createPaths({ platform: 'linux', home, env: {} }) };
}

test('a missing lock is empty', async () => {
  const { manifest } = await place();

  expect(await readLock(manifest)).toEqual({ lockfileVersion: 1, servers: {} });
});

test('writes sorted keys, whatever the order they came in', async () => {
  const { manifest, paths } = await place();
  for (const name of ['b', 'a']) {
    await updateLock(
      manifest,
      (lock) => ({ ...lock, servers: { ...lock.servers, [name]: entry('1.0.0') } }),
      { paths },
    );
  }
  const text = await readFile(lockPath(manifest), 'utf8');

  expect(text).toBe(printLock({ servers: { a: entry('1.0.0'), b: entry('1.0.0') }, lockfileVersion: 1 }));
  expect(text).toMatch(/^\{\n {2}"lockfileVersion": 1,\n {2}"servers": \{\n {4}"a": \{\n {6}"lockedAt"/);
  expect(text.endsWith('}\n')).toBe(true);
  expect(await readLock(manifest)).toEqual(JSON.parse(text));
});

test('twenty updates at once are all kept', async () => {
  const { manifest, paths } = await place();
  const names = Array.from({ length: 20 }, (_, index) => `s${index}`);

  await Promise.all(
    names.map((name) =>
      updateLock(manifest, (lock) => ({ ...lock, servers: { ...lock.servers, [name]: entry('1.0.0') } }), {
        paths,
      }),
    ),
  );

  expect(Object.keys((await readLock(manifest)).servers).sort()).toEqual(names.sort());
});

describe('refuses with LOCK_FILE_INVALID and leaves the file alone:', () => {
  const wrong = (source: unknown) => JSON.stringify({ lockfileVersion: 1, servers: { a: { source } } });
  test.each([
    ['', 'it is empty'],
    ['{', 'line 1, column 2'],
    ['<<<<<<< HEAD\n{}\n=======\n', 'merge conflict markers'],
    ['[]', 'does not hold an object'],
    ['{"lockfileVersion":2,"servers":{}}', 'written by a newer mcpctl'],
    ['{"lockfileVersion":1,"servers":[]}', '"servers" is not an object'],
    [wrong({ type: 'npm', package: 'x' }), 'servers.a: its source has no "version"'],
    [wrong({ type: 'constructor' }), 'servers.a: its source type "constructor" is not known'],
  ])('%s', async (text, reason) => {
    const { manifest, paths } = await place();
    await writeFile(lockPath(manifest), text);
    const refusal = {
      code: 'LOCK_FILE_INVALID',
      message: expect.stringContaining(reason),
      hint: expect.stringContaining('Restore it'),
    };

    await expect(readLock(manifest)).rejects.toMatchObject(refusal);
    await expect(updateLock(manifest, (lock) => lock, { paths })).rejects.toMatchObject(refusal);
    expect(await readFile(lockPath(manifest), 'utf8')).toBe(text);
  });

  test('a change that would make it wrong', async () => {
    const { manifest, paths } = await place();

    await expect(
      updateLock(manifest, (lock) => ({ ...lock, servers: { a: { ...entry('1'), lockedAt: 5 as never } } }), {
        paths,
      }),
    ).rejects.toMatchObject({ code: 'LOCK_FILE_INVALID', message: expect.stringContaining('a.lockedAt') });
  });
});
