import { chmod, chown, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256OfFile, writeFileAtomic } from '../../src/platform/atomic-write.ts';
import { temporaryFolder } from '../support/cli.ts';

test('creates a file only its owner may read, with the folders above it', async () => {
  const file = join(await temporaryFolder(), 'a', 'b', 'new.json');

  await writeFileAtomic(file, 'content');

  expect(await readFile(file, 'utf8')).toBe('content');
  expect((await stat(file)).mode & 0o7777).toBe(0o600);
  expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700);
});

test('gives a new file the mode asked for, whatever the umask', async () => {
  const file = join(await temporaryFolder(), 'shared.json');

  await writeFileAtomic(file, 'content', { mode: 0o664 });

  expect((await stat(file)).mode & 0o7777).toBe(0o664);
});

test('keeps mode and owner of an existing file and leaves nothing beside it', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'kept.json');
  await writeFile(file, 'old');
  await chmod(file, 0o640);
  await chown(file, 12, 34);

  await writeFileAtomic(file, 'new', { mode: 0o600 });

  expect(await readFile(file, 'utf8')).toBe('new');
  expect(await stat(file)).toMatchObject({ uid: 12, gid: 34, mode: 0o100640 });
  expect(await readdir(folder)).toEqual(['kept.json']);
});

test('tightens an existing file when an exact mode is asked for', async () => {
  const file = join(await temporaryFolder(), 'token.json');
  await writeFile(file, 'old', { mode: 0o644 });

  await writeFileAtomic(file, 'new', { exactMode: 0o600 });

  expect((await stat(file)).mode & 0o7777).toBe(0o600);
});

test('writes the target of a symbolic link, also one that does not exist yet', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'real.json'), 'old');
  await symlink('real.json', join(folder, 'link.json'));
  await symlink('second.json', join(folder, 'first.json'));
  await symlink('later/fresh.json', join(folder, 'second.json'));

  await writeFileAtomic(join(folder, 'link.json'), 'through');
  await writeFileAtomic(join(folder, 'first.json'), 'dangling');

  expect(await readFile(join(folder, 'real.json'), 'utf8')).toBe('through');
  expect(await readFile(join(folder, 'later/fresh.json'), 'utf8')).toBe('dangling');
  expect((await readdir(folder)).sort()).toEqual([
    'first.json',
    'later',
    'link.json',
    'real.json',
    'second.json',
  ]);
});

test('refuses links that lead in a circle', async () => {
  const folder = await temporaryFolder();
  await symlink('b', join(folder, 'a'));
  await symlink('a', join(folder, 'b'));

  await expect(writeFileAtomic(join(folder, 'a'), 'x')).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    message: expect.stringContaining('circle'),
  });
});

test('refuses a folder and a device', async () => {
  const folder = await temporaryFolder();

  await expect(writeFileAtomic(folder, 'x')).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  await expect(writeFileAtomic('/dev/null', 'x')).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
});

test('writes only over the content it was told about', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'config.json');
  await writeFile(file, 'read');
  const expectedSha256 = await sha256OfFile(file);

  await writeFileAtomic(file, 'first', { expectedSha256 });
  await expect(writeFileAtomic(file, 'second', { expectedSha256 })).rejects.toMatchObject({
    code: 'FILE_CHANGED',
  });

  expect(await readFile(file, 'utf8')).toBe('first');
  expect(await readdir(folder)).toEqual(['config.json']);
});

test('creates a file that must not exist only when it does not', async () => {
  const file = join(await temporaryFolder(), 'config.json');

  await writeFileAtomic(file, 'first', { expectedSha256: await sha256OfFile(file) });

  await expect(writeFileAtomic(file, 'second', { expectedSha256: null })).rejects.toMatchObject({
    code: 'FILE_CHANGED',
  });
  expect(await readFile(file, 'utf8')).toBe('first');
});
