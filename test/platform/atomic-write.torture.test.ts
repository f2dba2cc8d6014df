import { chown, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileAtomic } from '../../src/platform/atomic-write.ts';
import { renamePatiently } from '../../src/platform/rename.ts';
import { temporaryFolder } from '../support/cli.ts';
import { bundleFixture, kill, message, mountFile, mountSmallDisk, startFixture } from '../support/fixture.ts';

test('readers never see a torn file while writers are killed, and the next write clears up after them', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'config.json');
  const program = await bundleFixture('files/writer.ts');
  await writeFileAtomic(file, JSON.stringify({ length: 0, fill: '' }));
  let kills = 0;
  let reads = 0;
  const torn: string[] = [];

  const attacks = Promise.all(
    ['a', 'b', 'c'].map(async (letter) => {
      for (let round = 0; round < 10; round += 1) {
        const writer = startFixture(program, [file, letter]);
        await message(writer);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
        await kill(writer);
        kills += 1;
      }
    }),
  );
  while (kills < 30) {
    const text = await readFile(file, 'utf8');
    if (!isComplete(text)) torn.push(text.slice(0, 80));
    reads += 1;
  }
  await attacks;

  expect(torn).toEqual([]);
  expect(reads).toBeGreaterThan(50);
  const long = new Date(Date.now() - 60_000);
  const left = (await readdir(folder)).filter((name) => name.endsWith('.tmp'));
  await Promise.all(left.map((name) => utimes(join(folder, name), long, long)));
  await writeFileAtomic(file, 'last');
  expect(await readdir(folder)).toEqual(['config.json']);
});

test('removes temporary files of dead writers only', async () => {
  const folder = await temporaryFolder();
  const old = new Date(Date.now() - 60_000);
  const plant = async (name: string, time?: Date): Promise<void> => {
    await writeFile(join(folder, name), 'secret');
    if (time) await utimes(join(folder, name), time, time);
  };
  const dead = 4_194_304;
  await plant(`.conf.json.${dead}.0123456789ab.tmp`, old);
  await plant(`.conf.json.${dead}.aaaaaaaaaaaa.tmp`);
  await plant(`.conf.json.${process.pid}.0123456789ab.tmp`, old);
  await plant(`.other.json.${dead}.0123456789ab.tmp`, old);
  await plant('.conf.json.mine.tmp', old);

  await writeFileAtomic(join(folder, 'conf.json'), 'new');

  expect(new Set(await readdir(folder))).toEqual(
    new Set([
      `.conf.json.${dead}.aaaaaaaaaaaa.tmp`,
      `.conf.json.${process.pid}.0123456789ab.tmp`,
      '.conf.json.mine.tmp',
      `.other.json.${dead}.0123456789ab.tmp`,
      'conf.json',
    ]),
  );
});

test('a full disk leaves the old content and no temporary file', async () => {
  const folder = await temporaryFolder();
  mountSmallDisk(folder, '128k');
  const file = join(folder, 'config.json');
  await writeFileAtomic(file, 'old');

  const failure = writeFileAtomic(file, 'x'.repeat(400_008));

  await expect(failure).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    message: expect.stringContaining('the disk is full (ENOSPC)'),
    data: { reason: 'ENOSPC' },
  });
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['config.json']);
});

test('writes a file that is a mount point in place, with its owner and mode', async () => {
  const folder = await temporaryFolder();
  const [source, file] = [join(folder, 'source.json'), join(folder, 'mounted', 'config.json')];
  await mkdir(join(folder, 'mounted'));
  await writeFile(source, 'a longer old content', { mode: 0o644 });
  await chown(source, 12, 34);
  await writeFile(file, '');
  mountFile(source, file);

  await writeFileAtomic(file, 'new');

  expect(await readFile(source, 'utf8')).toBe('new');
  expect(await stat(source)).toMatchObject({ uid: 12, gid: 34, mode: 0o100644 });
  expect(await readdir(join(folder, 'mounted'))).toEqual(['config.json']);
});

test('puts the old content back when writing in place breaks off', async () => {
  const folder = await temporaryFolder();
  const [disk, outside] = [join(folder, 'disk'), join(folder, 'outside')];
  await Promise.all([mkdir(disk), mkdir(outside)]);
  mountSmallDisk(disk, '128k');
  await writeFile(join(disk, 'source.json'), 'the old content');
  await writeFile(join(outside, 'config.json'), '');
  mountFile(join(disk, 'source.json'), join(outside, 'config.json'));

  const failure = writeFileAtomic(join(outside, 'config.json'), 'x'.repeat(400_008));

  await expect(failure).rejects.toMatchObject({ code: 'FILE_UNWRITABLE', data: { reason: 'ENOSPC' } });
  expect(await readFile(join(disk, 'source.json'), 'utf8')).toBe('the old content');
  expect(await readdir(outside)).toEqual(['config.json']);
});

test('four processes lose no update of a file they change under the lock', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'count');
  const program = await bundleFixture('files/counter.ts');
  await writeFile(file, '0');

  const statuses = await Promise.all(
    Array.from({ length: 4 }, () => {
      const child = startFixture(program, [join(folder, 'locks'), file, '40']);
      return new Promise((resolve) => child.on('exit', resolve));
    }),
  );

  expect(statuses).toEqual([0, 0, 0, 0]);
  expect(await readFile(file, 'utf8')).toBe('160');
});

test.each(['EPERM', 'EACCES', 'EBUSY'])(
  'on Windows a rename that fails with %s is tried again',
  async (code) => {
    let calls = 0;
    const renameFile = async (): Promise<void> => {
      calls += 1;
      if (calls < 4) throw Object.assign(new Error(code), { code });
    };

    await renamePatiently('a', 'b', { platform: 'win32', renameFile, wait: async () => {} });

    expect(calls).toBe(4);
  },
);

test('gives up a rename after about five seconds on Windows, at once elsewhere', async () => {
  const waits: number[] = [];
  const renameFile = (): Promise<void> => Promise.reject(Object.assign(new Error('held'), { code: 'EPERM' }));
  const wait = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);

  await expect(renamePatiently('a', 'b', { platform: 'linux', renameFile, wait })).rejects.toThrow('held');
  expect(waits).toEqual([]);
  await expect(renamePatiently('a', 'b', { platform: 'win32', renameFile, wait })).rejects.toThrow('held');
  const total = waits.reduce((sum, milliseconds) => sum + milliseconds, 0);
  expect(total).toBeGreaterThan(4_000);
  expect(total).toBeLessThanOrEqual(5_000);
});

function isComplete(text: string): boolean {
  try {
    const { length, fill } = JSON.parse(text) as { length: number; fill: string };
    return fill.length === length && new Set(fill).size <= 1;
  } catch {
    return false;
  }
}
