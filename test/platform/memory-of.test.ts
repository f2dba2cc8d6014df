import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { memoryOf } from '../../src/platform/memory-of.ts';

const MEBIBYTE = 1024 * 1024;

/** Holds 64 MiB and says so. */
const CHILD = `const held = Buffer.alloc(64 * 1024 * 1024, 1); console.log('held', held.length); setInterval(() => {}, 1e6)`;
const PARENT = `require('node:child_process').spawn(process.execPath, ['-e', process.argv[1]], { stdio: 'inherit' })`;

test('counts what a program and those it started hold, and leaves out who is gone', async () => {
  const parent = spawn(process.execPath, ['-e', PARENT, CHILD], { stdio: 'pipe', detached: true });
  const pid = parent.pid ?? 0;
  onTestFinished(() => void process.kill(-pid, 'SIGKILL'));
  await once(parent.stdout, 'data');

  const held = await memoryOf([pid, 2 ** 22 + 1], process.platform);
  expect([...held.keys()]).toEqual([pid]);
  expect(held.get(pid)).toBeGreaterThan(64 * MEBIBYTE + 20 * MEBIBYTE);
  expect(held.get(pid)).toBeLessThan(1024 * MEBIBYTE);
});

test('says nothing where the system does not tell', async () => {
  expect((await memoryOf([process.pid], 'win32')).size).toBe(0);
});
