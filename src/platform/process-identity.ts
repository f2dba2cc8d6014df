import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isSystemError } from '../core/errors.ts';

/** Enough about a process to tell later, from another process, whether that very process is still there. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own notation; a reused pid has another. Empty where nobody can tell. */
  readonly start: string;
  /** Changes with each boot; empty where the system has none. */
  readonly boot: string;
  /** The namespace the pid counts in; empty outside Linux. */
  readonly pidNamespace: string;
  readonly host: string;
}

/** `unknown`: the process lives where this one cannot look, so only the age of its traces can tell. */
export type Liveness = 'alive' | 'dead' | 'unknown';

let own: Promise<ProcessIdentity> | undefined;

/** The identity of this process; read once. */
export function identifyThisProcess(): Promise<ProcessIdentity> {
  own ??= identify(process.pid, process.platform);
  return own;
}

async function identify(pid: number, platform: NodeJS.Platform): Promise<ProcessIdentity> {
  const linux = platform === 'linux';
  const [start, boot, pidNamespace] = await Promise.all([
    startOf(pid, platform),
    linux
      ? readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
          (text) => text.trim(),
          () => '',
        )
      : '',
    linux ? readlink('/proc/self/ns/pid').catch(() => '') : '',
  ]);
  return { pid, start: start ?? '', boot, pidNamespace, host: hostname() };
}

/** Whether the process of `other` still runs, judged from this one. A zombie is dead. */
export async function livenessOf(
  other: ProcessIdentity,
  platform: NodeJS.Platform = process.platform,
): Promise<Liveness> {
  const self = await identifyThisProcess();
  if (other.host !== self.host) return 'unknown';
  if (other.boot !== self.boot) return 'dead';
  if (other.pidNamespace !== self.pidNamespace) return 'unknown';
  const start = await startOf(other.pid, platform);
  if (start === undefined) return 'dead';
  if (start === '' || other.start === '') return platform === 'win32' ? 'unknown' : 'alive';
  return start === other.start ? 'alive' : 'dead';
}

/** The start of a running process, `''` when it runs but nobody says since when, undefined when it does not run. */
async function startOf(pid: number, platform: NodeJS.Platform): Promise<string | undefined> {
  if (platform === 'linux') {
    const seen = await readStat(pid);
    if (seen !== 'no /proc') return seen;
  }
  if (!exists(pid)) return undefined;
  if (platform === 'win32') return '';
  return await new Promise((resolve) => {
    execFile(
      '/bin/ps',
      ['-o', 'lstart=', '-p', String(pid)],
      { env: { LC_ALL: 'C', TZ: 'UTC' } },
      (error, stdout) => resolve(error ? '' : stdout.trim()),
    );
  });
}

async function readStat(pid: number): Promise<string | undefined | 'no /proc'> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ESRCH')) return 'no /proc';
    // A /proc mounted with hidepid hides processes of other users that do run.
    return exists(pid) ? '' : undefined;
  }
  // The program's name, in parentheses, may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  if (state === 'X') return undefined;
  // A dead main thread is a zombie even while other threads of the process still finish a write.
  if (state === 'Z') {
    const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
    if (threads.length <= 1) return undefined;
  }
  return fields[19] ?? '';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isSystemError(error, 'EPERM');
  }
}
