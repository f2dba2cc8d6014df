import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type ProcessGroup, startGroup, taskkillArguments } from '../../src/platform/process-group.ts';
import { temporaryFolder } from '../support/cli.ts';
import { fixturePath } from '../support/servers.ts';

const env = { PATH: process.env.PATH ?? '' };

function start(...args: string[]): Promise<ProcessGroup> {
  return startGroup({ command: process.execPath, args, env, platform: process.platform });
}

/** True while the process runs; a zombie nobody reaped does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(' ').filter(Boolean).map(Number);
}

async function gone(...pids: number[]): Promise<void> {
  await expect.poll(() => pids.filter(isAlive), { timeout: 60_000, interval: 20 }).toEqual([]);
}

test('lets a program end by the end of its input', async () => {
  const group = await start(fixturePath('silent'));

  expect(await group.stop({ eofMs: 20_000 })).toEqual({ code: 0, signal: null, leftBehind: false });
});

test('kills a program that ignores everything, and what it started', async () => {
  const group = await start(fixturePath('stubborn'));
  const [pids] = await once(group.stderr, 'data');
  const [own = 0, child = 0] = String(pids).trim().split(' ').map(Number);
  expect([own, child].map(isAlive)).toEqual([true, true]);

  expect(await group.stop({ eofMs: 50, termMs: 50 })).toMatchObject({ code: null, signal: 'SIGKILL' });
  await gone(own, child);
});

test('ends what a program left running when it ended by itself', async () => {
  const leave =
    "const c=require('child_process').spawn(process.execPath,['-e','setInterval(()=>{},1000)'],{stdio:'ignore'});" +
    'console.log(c.pid);c.unref()';
  const group = await start('-e', leave);
  const [pid] = await once(group.stdout, 'data');

  expect(await group.exited).toEqual({ code: 0, signal: null, leftBehind: true });
  await gone(Number(String(pid)));
});

interface Parent {
  readonly child: ReturnType<typeof spawn>;
  /** Of the group. */
  readonly pid: number;
}

/** A process that starts a group, and prints the group's pid once the program said something, or did not. */
async function parent(script: 'silent' | 'stubborn'): Promise<Parent> {
  const { build } = await import('esbuild');
  const source = join(await temporaryFolder(), 'process-group.mjs');
  const entry = fileURLToPath(new URL('../../src/platform/process-group.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: source,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const code = `import { startGroup } from ${JSON.stringify(source)};
    const group = await startGroup({ command: process.execPath, args: [${JSON.stringify(fixturePath(script))}],
      env: {}, platform: process.platform });
    if (${script === 'stubborn'}) await new Promise((resolve) => group.stderr.once('data', resolve));
    console.log(group.pid);
    process.on('SIGTERM', () => process.exit(1));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [pid] = await once(child.stdout, 'data');
  return { child, pid: Number(String(pid)) };
}

test('takes the group along when this process exits', async () => {
  const { child, pid } = await parent('stubborn');
  child.kill('SIGTERM');

  await gone(pid);
});

test('leaves the program with the end of its input when this process is killed', async () => {
  const { child, pid } = await parent('silent');
  child.kill('SIGKILL');

  await gone(pid);
});

test('ends also what ignores the end of its input when this process is killed', async () => {
  const { child, pid } = await parent('stubborn');
  const group = [pid, ...childrenOf(pid)];
  child.kill('SIGKILL');
  await once(child, 'exit');

  expect(group).toHaveLength(2);
  expect(group.map(isAlive)).toEqual([true, true]);
  await gone(...group);
});

test.each(['SIGTERM', 'SIGKILL'] as const)('leaves no watchdog behind after %s', async (signal) => {
  const { child, pid } = await parent('silent');
  const started = childrenOf(child.pid ?? 0);
  child.kill(signal);

  expect(started).toHaveLength(2);
  expect(started).toContain(pid);
  await gone(...started);
});

test('ends a process tree on Windows with taskkill', () => {
  expect(taskkillArguments(42, false)).toEqual(['/T', '/PID', '42']);
  expect(taskkillArguments(42, true)).toEqual(['/T', '/F', '/PID', '42']);
});
