import { execFile } from 'node:child_process';
import { readdir, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ClientAdapter } from './adapter.ts';

/** Ids of the clients that run now and would lose changes made to their file. Asks nothing when none of them would. */
export async function findRunning(
  clients: readonly ClientAdapter[],
  executables: () => Promise<readonly string[]>,
): Promise<Set<string>> {
  const concerned = clients.filter(({ losesChangesWhileRunning }) => losesChangesWhileRunning);
  if (concerned.length === 0) return new Set();
  const running = await executables();
  return new Set(
    concerned
      .filter(({ losesChangesWhileRunning }) =>
        running.some((path) => losesChangesWhileRunning?.executable.test(path)),
      )
      .map(({ id }) => id),
  );
}

/** Absolute executables of the processes this user can see. */
export async function runningExecutables(platform: NodeJS.Platform): Promise<string[]> {
  if (platform === 'linux') return await linuxExecutables();
  const [command, args] =
    platform === 'win32'
      ? ([
          'powershell.exe',
          [
            '-NoProfile',
            '-NonInteractive',
            '-Command',
            'Get-Process | Where-Object Path | ForEach-Object Path',
          ],
        ] as const)
      : (['ps', ['-axo', 'comm=']] as const);
  const { stdout } = await promisify(execFile)(command, args, {
    timeout: 10_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout.split(/\r?\n/).filter((line) => line !== '');
}

async function linuxExecutables(): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // Processes of other users, and those that end meanwhile, show nothing.
  const paths = await Promise.all(processes.map((id) => readlink(`/proc/${id}/exe`).catch(() => '')));
  return paths.filter((path) => path !== '');
}
