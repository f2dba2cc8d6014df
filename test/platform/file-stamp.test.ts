import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileAtomic } from '../../src/platform/atomic-write.ts';
import { whenChanged } from '../../src/platform/file-stamp.ts';
import { emptyHome } from '../support/cli.ts';

test('a file is read again when it came, changed, was replaced or went, and not otherwise', async () => {
  const file = join((await emptyHome()).home, 'file');
  let reads = 0;
  const read = whenChanged(file, async () => {
    reads += 1;
    return reads;
  });
  expect([await read(), await read()]).toEqual([1, 1]);

  await writeFile(file, 'one');
  expect([await read(), await read()]).toEqual([2, 2]);
  await writeFile(file, 'other');
  expect([await read(), await read()]).toEqual([3, 3]);
  await writeFileAtomic(file, 'again');
  expect([await read(), await read()]).toEqual([4, 4]);
  await rm(file);
  expect([await read(), await read()]).toEqual([5, 5]);
});

test('what could not be read is tried again', async () => {
  const file = join((await emptyHome()).home, 'file');
  let reads = 0;
  const read = whenChanged(file, async () => {
    reads += 1;
    if (reads === 1) throw new Error('busy');
    return reads;
  });

  await expect(read()).rejects.toThrow('busy');
  expect(await read()).toBe(2);
});
