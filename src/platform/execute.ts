import { McpctlError } from '../core/errors.ts';
import type { Env } from './env.ts';

export interface ExecuteOptions {
  /** Absolute path, or a name looked up on PATH. */
  readonly command: string;
  /** Never secrets: every user of the machine can read them. */
  readonly args: readonly string[];
  /** The whole environment of the program. */
  readonly env: Env;
  readonly cwd?: string;
  readonly input?: string;
  /** Milliseconds before the program and its children are killed. */
  readonly deadline: number;
  readonly signal?: AbortSignal;
  /** What to tell when the program is not on PATH, as a command that installs it. */
  readonly installHint?: string;
}

export interface Executed {
  /** Exit status; null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end without a shell and returns whatever status it had. Throws TOOL_MISSING when there is no
 * such program, TOOL_TIMEOUT past the deadline and CANCELLED when the signal fires; in the latter two the program
 * and everything it started are gone.
 */
export type Execute = (options: ExecuteOptions) => Promise<Executed>;

const OUTPUT_LIMIT = 32 * 1024 * 1024;

export const execute: Execute = async (options) => {
  const { command, args, env, cwd, input, deadline, signal, installHint } = options;
  if (signal?.aborted) throw new McpctlError('CANCELLED', `Stopped before ${command} was started.`);
  const { execa } = await import('execa');
  const ownGroup = process.platform !== 'win32';
  const child = execa(command, args, {
    ...(cwd !== undefined && { cwd }),
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    env: { ...env },
    extendEnv: false,
    reject: false,
    detached: ownGroup,
    maxBuffer: OUTPUT_LIMIT,
    windowsHide: true,
  });
  let ended: 'deadline' | 'signal' | undefined;
  const end = (reason: 'deadline' | 'signal'): void => {
    ended ??= reason;
    killAll(child, ownGroup);
  };
  const timer = setTimeout(end, deadline, 'deadline');
  const onAbort = (): void => end('signal');
  signal?.addEventListener('abort', onAbort, { once: true });
  const result = await child.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  });
  if (ended === 'signal') throw new McpctlError('CANCELLED', `Stopped while ${command} was running.`);
  if (ended === 'deadline') {
    throw new McpctlError('TOOL_TIMEOUT', `${command} did not finish within ${deadline / 1000} s.`, {
      hint: 'Check the network, then run the command again.',
    });
  }
  if (result.code === 'ENOENT' && result.exitCode === undefined) {
    throw new McpctlError('TOOL_MISSING', `There is no ${command} on PATH.`, {
      cause: result,
      ...(installHint !== undefined && { hint: installHint }),
    });
  }
  if (result.exitCode === undefined && result.signal === undefined) {
    throw new McpctlError('TOOL_FAILED', `${command} could not be started.`, { cause: result });
  }
  return { status: result.exitCode ?? null, stdout: result.stdout ?? '', stderr: result.stderr ?? '' };
};

function killAll(child: { pid?: number; kill(signal: 'SIGKILL'): boolean }, ownGroup: boolean): void {
  if (child.pid === undefined) return;
  if (!ownGroup) {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
