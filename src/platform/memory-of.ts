import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Memory of programs with everything in their process groups, in bytes, by process id of the leader. Those that are
 * gone are left out; on Windows nothing is known.
 */
export async function memoryOf(
  leaders: readonly number[],
  platform: NodeJS.Platform,
): Promise<ReadonlyMap<number, number>> {
  if (platform === 'linux') return sumOf(linuxProcesses(new Set(leaders)));
  if (platform === 'win32') return new Map();
  const wanted = new Set(leaders);
  const all = await listed();
  return sumOf(all.filter(({ group }) => wanted.has(group)));
}

interface Program {
  readonly group: number;
  readonly bytes: number;
}

function sumOf(programs: readonly Program[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { group, bytes } of programs) sums.set(group, (sums.get(group) ?? 0) + bytes);
  return sums;
}

/** Read at once: for files that are in memory, waiting for each costs several times as much as reading it. */
function linuxProcesses(groups: ReadonlySet<number>): Program[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      // The program's name, in parentheses, may hold spaces and parentheses itself.
      const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ', 3)[2]);
      if (!groups.has(group)) return [];
      const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
      return [{ group, bytes: Number(kilobytes ?? 0) * 1024 }];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}

async function listed(): Promise<Program[]> {
  const text = await new Promise<string>((resolve) => {
    execFile('/bin/ps', ['-axo', 'pgid=,rss='], { env: { LC_ALL: 'C' } }, (_error, stdout) =>
      resolve(stdout),
    );
  });
  return text.split('\n').flatMap((line) => {
    const [group, kilobytes] = line.trim().split(/\s+/).map(Number);
    return group !== undefined && kilobytes !== undefined ? [{ group, bytes: kilobytes * 1024 }] : [];
  });
}
