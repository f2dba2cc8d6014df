import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './cli.ts';

/** Bundles `test/fixtures/<name>` with the sources it imports; returns the program's path, gone after the test. */
export async function bundleFixture(name: string): Promise<string> {
  const outfile = join(await temporaryFolder(), 'fixture.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  return outfile;
}

/** Starts a bundled fixture with a message channel; killed when the test ends. */
export function startFixture(program: string, args: readonly string[] = []): ChildProcess {
  const child = fork(program, args, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  onTestFinished(() => kill(child));
  return child;
}

/** Kills without warning and waits until the process is gone and reaped. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** The next message of a fixture. */
export async function message(child: ChildProcess): Promise<unknown> {
  const [value] = await once(child, 'message');
  return value;
}

/** Mounts a memory file system of that size on an existing folder; the test fails where mounting is not allowed. */
export function mountSmallDisk(folder: string, size: string): void {
  mount(['-t', 'tmpfs', '-o', `size=${size},mode=0777`, 'tmpfs', folder], folder);
}

/** Mounts a single file over another, as container engines do with configuration files. */
export function mountFile(source: string, target: string): void {
  mount(['--bind', source, target], target);
}

function mount(args: readonly string[], target: string): void {
  try {
    execFileSync('mount', args, { stdio: 'pipe' });
  } catch (error) {
    throw new Error(`This test mounts ${target}: run it as root, in a container with CAP_SYS_ADMIN.`, {
      cause: error,
    });
  }
  onTestFinished(() => void execFileSync('umount', [target]));
}
