import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Backups, createBackups } from '../../src/platform/backups.ts';
import { temporaryFolder } from '../support/cli.ts';

interface Setting {
  readonly folder: string;
  readonly file: string;
  readonly backups: Backups;
}

async function setting(): Promise<Setting> {
  const root = await temporaryFolder();
  const folder = join(root, 'state', 'backups');
  return {
    folder,
    file: join(root, 'config.json'),
    backups: createBackups({ folder, now: () => new Date(0) }),
  };
}

test('restores content byte for byte and the permissions with it', async () => {
  const { file, backups } = await setting();
  const content = Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x0d, 0x0a, 0x00, 0xff, 0x7d]);
  await writeFile(file, content);
  await chmod(file, 0o640);
  const { id } = await backups.save(file);
  await writeFile(file, 'changed');
  await chmod(file, 0o600);

  await backups.restore(id);

  expect(await readFile(file)).toEqual(content);
  expect((await stat(file)).mode & 0o7777).toBe(0o640);
});

test('keeps what it replaces, so that a restore can be taken back', async () => {
  const { file, backups } = await setting();
  await writeFile(file, 'first');
  const { id } = await backups.save(file);
  await writeFile(file, 'second');

  const { replaced } = await backups.restore(id);
  await backups.restore(replaced.id);

  expect(await readFile(file, 'utf8')).toBe('second');
});

test('removes a file again that did not exist before', async () => {
  const { file, backups } = await setting();
  const { id, sha256 } = await backups.save(file);
  await writeFile(file, 'new');

  const { replaced } = await backups.restore(id);

  expect(sha256).toBeNull();
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  await backups.restore(replaced.id);
  expect(await readFile(file, 'utf8')).toBe('new');
});

test('brings back a file that was deleted together with its folder', async () => {
  const { file, backups } = await setting();
  const nested = join(file, '..', 'editor', 'mcp.json');
  await mkdir(join(nested, '..'));
  await writeFile(nested, 'content');
  const { id } = await backups.save(nested);
  await rm(join(nested, '..'), { recursive: true });

  await backups.restore(id);

  expect(await readFile(nested, 'utf8')).toBe('content');
});

test('leaves a symbolic link in place and restores what it names', async () => {
  const { file, backups } = await setting();
  const real = join(file, '..', 'real.json');
  await symlink('real.json', file);
  const { id } = await backups.save(file);
  await writeFile(real, 'new');

  await backups.restore(id);

  await expect(stat(real)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readdir(join(file, '..'))).toContain('config.json');
});

test('keeps the ten newest of each file, newest first, in files only their owner may read', async () => {
  const { folder, file, backups } = await setting();
  const other = join(file, '..', 'other.json');
  await writeFile(other, 'other');
  await backups.save(other);
  for (let round = 0; round < 13; round += 1) {
    await writeFile(file, `content ${round}`);
    await backups.save(file);
  }

  const kept = await backups.list(file);

  const contents = await Promise.all(kept.map(({ id }) => readFile(join(folder, `${id}.data`), 'utf8')));
  expect(contents).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((round) => `content ${round}`));
  expect(await backups.list()).toHaveLength(11);
  expect(await readdir(folder)).toHaveLength(22);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

test('restores the oldest kept backup although saving first pushes it out', async () => {
  const { file, backups } = await setting();
  for (let round = 0; round < 10; round += 1) {
    await writeFile(file, `content ${round}`);
    await backups.save(file);
  }
  await writeFile(file, 'current');
  const oldest = (await backups.list(file)).at(-1);

  await backups.restore(oldest?.id ?? '');

  expect(await readFile(file, 'utf8')).toBe('content 0');
});

test('does not save the same content twice in a row', async () => {
  const { file, backups } = await setting();
  await writeFile(file, 'same');

  const first = await backups.save(file);

  expect(await backups.save(file)).toEqual(first);
  expect(await backups.list(file)).toEqual([first]);
});

test('refuses an unknown and a damaged backup and leaves the file alone', async () => {
  const { folder, file, backups } = await setting();
  await writeFile(file, 'saved');
  const { id } = await backups.save(file);
  await writeFile(file, 'current');
  await writeFile(join(folder, `${id}.data`), 'savee');

  await expect(backups.restore('nothing')).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
  await expect(backups.restore(id)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  expect(await readFile(file, 'utf8')).toBe('current');
});

test('ignores facts that were not written by it', async () => {
  const { folder, file, backups } = await setting();
  await writeFile(file, 'saved');
  const { id } = await backups.save(file);
  await writeFile(join(folder, 'broken.json'), '{"id":"bro');
  await writeFile(join(folder, 'foreign.json'), JSON.stringify({ id: 'foreign', path: 'relative' }));

  expect((await backups.list()).map((backup) => backup.id)).toEqual([id]);
});

test('says which file it could not read', async () => {
  const { file, backups } = await setting();
  await mkdir(file);

  await expect(backups.save(file)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining(file),
  });
});
