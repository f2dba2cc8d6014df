import { execFileSync } from 'node:child_process';

export interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process of the machine. */
function processes(): ProcessLine[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return text
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parent, command = '']) => ({ pid: Number(pid), parent: Number(parent), command }));
}

/** Children of a process, and theirs. */
export function descendants(root: number): ProcessLine[] {
  const all = processes();
  const found: ProcessLine[] = [];
  const of = (parent: number): void => {
    for (const one of all.filter((line) => line.parent === parent)) {
      found.push(one);
      of(one.pid);
    }
  };
  of(root);
  return found;
}

/** Those that still run the same command under the same id. */
export function survivors(seen: ReadonlyMap<number, string>): ProcessLine[] {
  return processes().filter(({ pid, command }) => seen.get(pid) === command);
}

export function residentMebibytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

/** Ends a process without warning; one that ended by itself in the meantime is no matter. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as { code?: string }).code !== 'ESRCH') throw error;
  }
}
