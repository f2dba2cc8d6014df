import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyFiles } from '../../src/scaffold/apply.ts';
import { temporaryFolder } from '../support/cli.ts';

const FILES = [
  { path: 'README.md', text: 'new\n' },
  { path: 'src/main.ts', text: 'main\n' },
];

const signal = new AbortController().signal;

test('writes all files at once into a folder that is missing or empty', async () => {
  const parent = await temporaryFolder();
  await mkdir(join(parent, 'empty'));

  for (const name of ['missing', 'empty']) {
    await applyFiles(join(parent, name), FILES, { signal });
    expect(await readFile(join(parent, name, 'src/main.ts'), 'utf8')).toBe('main\n');
  }
  expect((await readdir(parent)).sort()).toEqual(['empty', 'missing']);
});

test('leaves nothing behind when it is stopped', async () => {
  const parent = await temporaryFolder();

  await expect(
    applyFiles(join(parent, 'mine'), FILES, { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({
    code: 'CANCELLED',
  });

  expect(await readdir(parent)).toEqual([]);
});

test('a filled folder is left alone unless forced, and then only files of the same names are replaced', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'README.md'), 'old\n');
  await writeFile(join(folder, 'notes.txt'), 'mine\n');

  await expect(applyFiles(folder, FILES, { signal })).rejects.toMatchObject({ code: 'NEW_SERVER_EXISTS' });
  expect((await readdir(folder)).sort()).toEqual(['README.md', 'notes.txt']);

  await applyFiles(folder, FILES, { force: true, signal });
  expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('new\n');
  expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine\n');
});

test.each(['src', 'src/main.ts', 'README.md'])(
  'forced, it follows no link out of the folder: %s',
  async (place) => {
    const parent = await temporaryFolder();
    const folder = join(parent, 'mine');
    const outside = join(parent, 'outside');
    await mkdir(join(folder, place, '..'), { recursive: true });
    await mkdir(outside);
    await symlink(outside, join(folder, place));

    await expect(applyFiles(folder, FILES, { force: true, signal })).rejects.toMatchObject({
      code: 'NEW_SERVER_EXISTS',
    });

    expect(await readdir(outside)).toEqual([]);
  },
);

test('a file or a link in the place of the folder is refused', async () => {
  const parent = await temporaryFolder();
  await writeFile(join(parent, 'file'), '');
  await symlink(await temporaryFolder(), join(parent, 'link'));

  for (const name of ['file', 'link'])
    await expect(applyFiles(join(parent, name), FILES, { force: true, signal })).rejects.toMatchObject({
      code: 'NEW_SERVER_EXISTS',
    });
});
