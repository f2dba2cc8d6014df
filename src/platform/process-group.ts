import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { isSystemError, McpctlError } from '../core/errors.ts';
import { within } from '../core/within.ts';
import { createWatchdog, type Watchdog } from './watchdog.ts';

export interface GroupOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly platform: NodeJS.Platform;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** True when programs it had started still ran, which are gone by now; never on Windows. */
  readonly leftBehind: boolean;
}

/** How long each step of stopping waits, in milliseconds. */
export interface StopPatience {
  /** Between the end of its input and SIGTERM; 1500 by default. */
  readonly eofMs?: number;
  /** Between SIGTERM and SIGKILL; 1000 by default. */
  readonly termMs?: number;
}

/** A program with everything it starts. */
export interface ProcessGroup {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the program itself ended; its output may not be read yet. */
  readonly ended: Promise<void>;
  /** Settles when the program ended, what it left behind was killed and its output was read. */
  readonly exited: Promise<Exit>;
  /** Ends its input, then SIGTERM, then SIGKILL to the whole group. Safe to call again. */
  stop(patience?: StopPatience): Promise<Exit>;
}

const live = new Set<number>();
let watchdog: Watchdog | undefined;

/**
 * Starts a program in a process group of its own, so that stopping it stops what it started too. Should this process
 * end first, the group is killed; after a SIGKILL of this process it sees the end of its input and is then ended by a
 * watchdog, except on Windows.
 * Throws SERVER_NOT_STARTED when the command or the folder is missing or not executable.
 */
export async function startGroup(options: GroupOptions): Promise<ProcessGroup> {
  const { command, args, env, cwd, platform } = options;
  const child = spawn(command, args, {
    cwd,
    env,
    detached: platform !== 'win32',
    stdio: 'pipe',
    windowsHide: true,
  });
  // A program that closed its input is noticed by its exit, or not at all.
  child.stdin.on('error', () => {});
  const pid = await started(child, options);
  killWithUs(pid, platform);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const exited = ending(child, pid, platform);
  let stopping: Promise<Exit> | undefined;
  return {
    pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    exited,
    stop(patience = {}) {
      stopping ??= stop({ child, pid, platform, exited, patience });
      return stopping;
    },
  };
}

/** The program that ends a process tree on Windows. */
export function taskkillArguments(pid: number, force: boolean): string[] {
  return ['/T', ...(force ? ['/F'] : []), '/PID', String(pid)];
}

function started(child: ChildProcess, { command, cwd }: GroupOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid ?? 0));
    child.once('error', (error) => reject(notStarted(error, command, cwd)));
  });
}

function notStarted(error: Error, command: string, cwd: string | undefined): McpctlError {
  if (cwd !== undefined && !isFolder(cwd)) {
    return new McpctlError(
      'SERVER_NOT_STARTED',
      `The folder ${cwd}, where ${command} is to run, is missing.`,
      {
        cause: error,
        hint: 'Create the folder, or change "cwd" of the server in the manifest.',
      },
    );
  }
  if (isSystemError(error, 'ENOENT')) {
    return new McpctlError(
      'SERVER_NOT_STARTED',
      `There is no program ${JSON.stringify(command)} on the PATH.`,
      {
        cause: error,
        hint: 'Install it, or write its absolute path as "command". mcpctl doctor shows what is missing.',
      },
    );
  }
  return new McpctlError('SERVER_NOT_STARTED', `${command} could not be started: ${error.message}.`, {
    cause: error,
    hint: 'Check that the file is executable: mcpctl doctor.',
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function ending(child: ChildProcess, pid: number, platform: NodeJS.Platform): Promise<Exit> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return new Promise((resolve) => {
    child.once('exit', async (code, signal) => {
      const leftBehind = await sweep(pid, platform);
      live.delete(pid);
      watchdog?.release(pid);
      await within(READ_OUTPUT_MS, closed);
      resolve({ code, signal, leftBehind });
    });
  });
}

const READ_OUTPUT_MS = 500;
const SWEEP_MS = 300;
const SWEEP_STEP_MS = 15;

/** Ends what a finished program left running in its group; true when there was something. */
async function sweep(pid: number, platform: NodeJS.Platform): Promise<boolean> {
  if (platform === 'win32' || !signalGroup(pid, 'SIGTERM')) return false;
  for (let waited = 0; waited < SWEEP_MS; waited += SWEEP_STEP_MS) {
    await new Promise((resolve) => setTimeout(resolve, SWEEP_STEP_MS));
    if (!signalGroup(pid, 0)) return true;
  }
  signalGroup(pid, 'SIGKILL');
  return true;
}

interface Stopping {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly platform: NodeJS.Platform;
  readonly exited: Promise<Exit>;
  readonly patience: StopPatience;
}

async function stop({ child, pid, platform, exited, patience }: Stopping): Promise<Exit> {
  const { eofMs = 1500, termMs = 1000 } = patience;
  child.stdin?.end();
  if (await within(eofMs, exited)) return await exited;
  endGroup(pid, platform, false);
  if (await within(termMs, exited)) return await exited;
  endGroup(pid, platform, true);
  return await exited;
}

function endGroup(pid: number, platform: NodeJS.Platform, force: boolean): void {
  if (platform === 'win32') {
    spawn('taskkill', taskkillArguments(pid, force), { stdio: 'ignore', windowsHide: true }).on(
      'error',
      () => {},
    );
  } else signalGroup(pid, force ? 'SIGKILL' : 'SIGTERM');
}

/** False when nobody is left in the group. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    if (isSystemError(error, 'ESRCH')) return false;
    // macOS answers EPERM for a group of which only zombies are left.
    if (isSystemError(error, 'EPERM')) return false;
    throw error;
  }
}

function killWithUs(pid: number, platform: NodeJS.Platform): void {
  if (platform === 'win32') return;
  if (live.size === 0 && !process.listeners('exit').includes(killAll)) process.on('exit', killAll);
  live.add(pid);
  watchdog ??= createWatchdog();
  watchdog.watch(pid);
}

function killAll(): void {
  for (const pid of live) signalGroup(pid, 'SIGKILL');
}
