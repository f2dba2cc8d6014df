import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { PathLike } from 'node:fs';
import { link, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withFileLock } from '../../src/platform/file-lock.ts';
import { identifyThisProcess } from '../../src/platform/process-identity.ts';
import { temporaryFolder } from '../support/cli.ts';
import { bundleFixture, kill, message, startFixture } from '../support/fixture.ts';

const DEAD_PID = 4_194_304;

test('takes over from a killed holder', async () => {
  const folder = await temporaryFolder();
  const holder = startFixture(await bundleFixture('files/lock-worker.ts'), [folder, 'it', '-', 'once']);
  await message(holder);
  await expect(attempt(folder)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', data: { pid: holder.pid } });

  await kill(holder);

  await expect(attempt(folder)).resolves.toBe('inside');
  expect(await readdir(folder)).toEqual([]);
});

test('takes over from a holder nobody has reaped', async () => {
  const folder = await temporaryFolder();
  const program = await bundleFixture('files/lock-worker.ts');
  // The shell becomes sleep, which never waits for the child it inherits.
  const script = '"$0" "$@" & echo "pid $!"; exec sleep 600';
  const sleeper = spawn('sh', ['-c', script, process.execPath, program, folder, 'it', '-', 'once']);
  onTestFinished(() => kill(sleeper));
  const said = await output(sleeper, /inside/);
  const pid = Number(/pid (\d+)/.exec(said)?.[1]);
  process.kill(pid, 'SIGKILL');
  await until(async () => /\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8')));

  await expect(attempt(folder)).resolves.toBe('inside');
});

test('takes over when the pid now belongs to a younger process', async () => {
  const folder = await temporaryFolder();
  await plant(folder, { pid: process.ppid, start: '1' });

  await expect(attempt(folder)).resolves.toBe('inside');
});

test('takes over when the machine was started anew, although the pid is in use', async () => {
  const folder = await temporaryFolder();
  await plant(folder, { boot: '00000000-0000-0000-0000-000000000000' });

  await expect(attempt(folder)).resolves.toBe('inside');
});

test('respects a holder in another pid namespace until it gave no sign for two minutes', async () => {
  const folder = await temporaryFolder();
  const program = await bundleFixture('files/lock-worker.ts');
  const args = [
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    process.execPath,
    program,
    folder,
    'it',
    '-',
    'once',
  ];
  const holder = spawn('unshare', args);
  onTestFinished(() => kill(holder));
  await output(holder, /inside/);

  await expect(attempt(folder)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
  await age(folder, 121_000);

  await expect(attempt(folder)).resolves.toBe('inside');
});

test('respects a holder on another host until it gave no sign for two minutes', async () => {
  const folder = await temporaryFolder();
  await plant(folder, { pid: DEAD_PID, host: 'elsewhere' });

  await expect(attempt(folder)).rejects.toMatchObject({
    code: 'LOCK_TIMEOUT',
    message: expect.stringContaining(`${DEAD_PID} on elsewhere`),
  });
  await age(folder, 121_000);
  await expect(attempt(folder)).resolves.toBe('inside');
});

test('takes over a lock without content once it is old', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'it.lock'), '{"nonce":"');

  await expect(attempt(folder)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
  await age(folder, 11_000);
  await expect(attempt(folder)).resolves.toBe('inside');
});

test('a waiter that saw the dead holder before another took over does not push that one out', async () => {
  const folder = await temporaryFolder();
  await plant(folder, { pid: DEAD_PID });
  let leave = (): void => {};
  let other: Promise<void> | undefined;
  const enter = (): Promise<void> =>
    new Promise((entered) => {
      other = withFileLock({ folder, name: 'it' }, async () => {
        entered();
        await new Promise<void>((resolve) => {
          leave = resolve;
        });
      });
    });
  // The other one takes over completely between this waiter's look at the lock and its grip on the ticket.
  const linkFile = async (from: PathLike, to: PathLike): Promise<void> => {
    if (String(to).endsWith('.ticket') && !other) await enter();
    await link(from, to);
  };

  const late = withFileLock({ folder, name: 'it', timeoutMs: 200, linkFile }, () => 'inside');

  await expect(late).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', data: { pid: process.pid } });
  leave();
  await other;
});

test('works on a file system without hard links', async () => {
  const folder = await temporaryFolder();
  const linkFile = (): Promise<void> => Promise.reject(Object.assign(new Error('no'), { code: 'EPERM' }));
  await plant(folder, { pid: DEAD_PID });
  let inside = 0;
  let most = 0;

  await Promise.all(
    Array.from({ length: 6 }, () =>
      withFileLock({ folder, name: 'it', linkFile }, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setTimeout(resolve, 3));
        inside -= 1;
      }),
    ),
  );

  expect(most).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test('sixteen processes that find one stale lock enter one after another, round after round', async () => {
  const folder = await temporaryFolder();
  const locks = join(folder, 'locks');
  await mkdir(locks);
  const program = await bundleFixture('files/lock-worker.ts');
  const workers = Array.from({ length: 16 }, () =>
    startFixture(program, [locks, 'it', join(folder, 'marker'), 'rounds']),
  );
  await Promise.all(workers.map(message));
  const results: unknown[] = [];

  for (let round = 0; round < 15; round += 1) {
    const { nonce } = await plant(locks, { pid: DEAD_PID });
    // In some rounds a process died in the middle of taking over, in others right after.
    if (round % 3 === 1) await plant(locks, { pid: DEAD_PID }, `it.lock.${nonce}.ticket`);
    if (round % 3 === 2)
      await plant(locks, { pid: DEAD_PID }, `it.lock.${randomBytes(12).toString('hex')}.own`);
    const answers = workers.map(message);
    for (const worker of workers) worker.send('go');
    results.push(...(await Promise.all(answers)));
    expect(await readdir(locks)).toEqual([]);
  }

  expect(results).toHaveLength(16 * 15);
  expect(results.filter((result) => JSON.stringify(result) !== '{"doubled":false}')).toEqual([]);
});

test('holders killed at any moment never leave two inside, nor block the others', async () => {
  const folder = await temporaryFolder();
  const locks = join(folder, 'locks');
  const program = await bundleFixture('files/lock-worker.ts');
  let held = 0;
  let doubled = 0;
  const begin = (): ChildProcess => {
    const worker = startFixture(program, [locks, 'it', join(folder, 'marker'), 'always']);
    worker.on('message', (result: { doubled: boolean }) => {
      held += 1;
      if (result.doubled) doubled += 1;
    });
    return worker;
  };
  const workers = Array.from({ length: 6 }, begin);

  for (let killed = 0; killed < 25; killed += 1) {
    const before = held;
    await until(async () => held >= before + 3);
    const marked = Number(await readFile(join(folder, 'marker'), 'utf8').catch(() => ''));
    const victim = workers.find(({ pid }) => pid === marked) ?? workers[0];
    if (!victim) throw new Error('no worker left');
    await kill(victim);
    workers.splice(workers.indexOf(victim), 1, begin());
  }
  await Promise.all(workers.map(kill));

  expect(doubled).toBe(0);
  await expect(attempt(locks)).resolves.toBe('inside');
});

async function attempt(folder: string): Promise<string> {
  return await withFileLock({ folder, name: 'it', timeoutMs: 300 }, () => 'inside');
}

/** Leaves a lock file as a holder with these traits would have. */
async function plant(folder: string, traits: object, file = 'it.lock'): Promise<{ nonce: string }> {
  const nonce = randomBytes(12).toString('hex');
  const holder = { nonce, ...(await identifyThisProcess()), ...traits };
  await writeFile(join(folder, file), JSON.stringify(holder));
  return { nonce };
}

async function age(folder: string, milliseconds: number): Promise<void> {
  const then = new Date(Date.now() - milliseconds);
  await utimes(join(folder, 'it.lock'), then, then);
}

async function output(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = '';
  while (!pattern.test(text)) {
    const [chunk] = await once(child.stdout!, 'data');
    text += String(chunk);
  }
  return text;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}
