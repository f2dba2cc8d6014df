import { dirname } from 'node:path';
import type { Check } from '../../check.ts';
import { type Finding, finding } from '../../finding.ts';
import type { Machine } from '../../machine.ts';

const FULL = 50 * 1024 * 1024;
const LOW = 500 * 1024 * 1024;

export const disk: Check = {
  id: 'disk',
  area: 'machine',
  title: 'Disk space',
  async run({ machine }) {
    const { data, state } = machine.paths;
    const free = new Map<string, number>();
    for (const folder of [data, state]) {
      const bytes = await machine.files.freeBytes(await nearestExisting(folder, machine));
      if (bytes !== undefined) free.set(folder, bytes);
    }
    const findings: Finding[] = [];
    for (const [folder, bytes] of free) {
      if (bytes >= LOW || findings.length > 0) continue;
      findings.push(
        finding(bytes < FULL ? 'DISK_FULL' : 'DISK_LOW', {
          subject: folder,
          message: `${megabytes(bytes)} are left for ${folder}.`,
          cause: 'An installed server takes 20 to 300 MB.',
          fix: { command: 'npm cache clean --force', description: "empties npm's cache", isSafe: false },
        }),
      );
    }
    const least = Math.min(...free.values());
    return { findings, detail: Number.isFinite(least) ? `${megabytes(least)} free` : 'unknown' };
  },
};

/** The folder itself, or the first of its parents that is there. */
export async function nearestExisting(folder: string, machine: Machine): Promise<string> {
  let current = folder;
  while (!(await machine.files.stat(current)) && dirname(current) !== current) current = dirname(current);
  return current;
}

const megabytes = (bytes: number): string =>
  bytes >= 10 * 1024 ** 3 ? `${Math.round(bytes / 1024 ** 3)} GB` : `${Math.round(bytes / 1024 ** 2)} MB`;
