import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { SECRETS } from '../../src/secrets/keychain-part.ts';
import { createWorkerEntries } from '../../src/secrets/worker-entries.ts';
import { temporaryFolder } from '../support/cli.ts';

const STAND_IN = fileURLToPath(new URL('../fixtures/keychain-worker.mjs', import.meta.url));
const APART = { workerFile: STAND_IN, platform: 'linux', part: SECRETS, isApart: true } as const;

test('operations that never end stop nothing else of a lasting process', async () => {
  const fifo = join(await temporaryFolder(), 'fifo');
  await promisify(execFile)('mkfifo', [fifo]);
  process.env.STUCK_FIFO = fifo;
  const entries = createWorkerEntries({ ...APART, deadlineMs: 500 });
  onTestFinished(() => entries.close?.());

  // More than there are threads for files.
  for (let turn = 0; turn < 6; turn += 1) {
    await expect(entries.read('stuck')).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' });
  }

  const looked = stat('/').then(() => 'answered');
  expect(await Promise.race([looked, pause(30_000, 'stuck', { ref: false })])).toBe('answered');
});

test('the process goes when nobody asks, and the next operation gets another', async () => {
  const entries = createWorkerEntries({ ...APART, deadlineMs: 30_000, idleMs: 200 });
  onTestFinished(() => entries.close?.());

  const first = Number(await entries.read('pid'));
  await expect.poll(() => isAlive(first)).toBe(false);

  expect(Number(await entries.read('pid'))).not.toBe(first);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
