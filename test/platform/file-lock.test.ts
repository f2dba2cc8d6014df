import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { withFileLock } from '../../src/platform/file-lock.ts';
import { temporaryFolder } from '../support/cli.ts';

test('lets one caller in at a time, also within one process', async () => {
  const folder = await temporaryFolder();
  let inside = 0;
  let most = 0;

  await Promise.all(
    Array.from({ length: 8 }, () =>
      withFileLock({ folder, name: 'counter' }, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setTimeout(resolve, 2));
        inside -= 1;
      }),
    ),
  );

  expect(most).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test('gives back what the body returns and lets go when it throws', async () => {
  const folder = await temporaryFolder();
  const options = { folder, name: '/home/somebody/.config/claude/claude desktop config.json' };

  await expect(withFileLock(options, () => Promise.reject(new Error('inside')))).rejects.toThrow('inside');
  await expect(withFileLock(options, () => 42)).resolves.toBe(42);
});

test('names the holder and the lock file when it waited too long', async () => {
  const folder = await temporaryFolder();
  const options = { folder, name: 'busy', timeoutMs: 60 };

  const failure = withFileLock(options, () => withFileLock(options, () => 'never'));

  await expect(failure).rejects.toMatchObject({
    code: 'LOCK_TIMEOUT',
    message: expect.stringContaining(`rocess ${process.pid} held the lock on busy`),
    data: { pid: process.pid, file: expect.stringContaining('busy.lock') },
  });
});

test('stops waiting when told to', async () => {
  const folder = await temporaryFolder();
  const stop = new AbortController();

  const failure = withFileLock({ folder, name: 'busy' }, async () => {
    setTimeout(() => stop.abort(), 20);
    return await withFileLock({ folder, name: 'busy', signal: stop.signal }, () => 'never');
  });

  await expect(failure).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await readdir(folder)).toEqual([]);
});
