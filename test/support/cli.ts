import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The built CLI, as a user starts it. `npm test` builds it first. */
export const MCPCTL = fileURLToPath(new URL('../../bin/mcpctl.js', import.meta.url));

export interface Home {
  /** An empty HOME, absolute, removed when the test ends. */
  readonly home: string;
  /** A minimal environment with that HOME and no XDG, CI or colour variables. */
  readonly env: Record<string, string>;
}

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions extends Home {
  readonly cwd?: string;
  readonly input?: string;
  /** Milliseconds before the process is killed and the test fails; 120 000 by default. */
  readonly deadline?: number;
}

/** A fresh empty folder that goes away with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mcpctl-test-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

export async function emptyHome(extra: Record<string, string> = {}): Promise<Home> {
  const home = await temporaryFolder();
  const env = { HOME: home, PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...extra };
  return { home, env };
}

/** Runs the built CLI to its end, without a terminal. */
export async function mcpctl(args: readonly string[], options: RunOptions): Promise<Finished> {
  return await finish(start(args, options), options);
}

/** Like `mcpctl` with `--json`; returns the parsed document. */
export async function mcpctlJson(
  args: readonly string[],
  options: RunOptions,
): Promise<Finished & { document: Answer }> {
  const finished = await mcpctl([...args, '--json'], options);
  return { ...finished, document: JSON.parse(finished.stdout) as Answer };
}

export interface Answer {
  readonly ok: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: each command has its own shape; tests assert on it.
  readonly data?: any;
  readonly error?: { code: string; message: string; hint?: string };
}

/** Starts the built CLI and leaves it running. */
export function start(args: readonly string[], { env, cwd, home }: RunOptions): ChildProcess {
  return spawn(process.execPath, [MCPCTL, ...args], { env, cwd: cwd ?? home, stdio: 'pipe' });
}

async function finish(child: ChildProcess, { input, deadline = 120_000 }: RunOptions): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`still running after ${deadline} ms\n${stdout}\n${stderr}`));
    }, deadline);
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr });
    });
  });
}
