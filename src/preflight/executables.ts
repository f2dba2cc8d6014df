import { posix, win32 } from 'node:path';
import type { Machine } from './machine.ts';

/** Folders of a PATH value, in order, without empty ones. */
export function pathFolders(path: string | undefined, platform: NodeJS.Platform): string[] {
  return (path ?? '').split(platform === 'win32' ? ';' : ':').filter((folder) => folder !== '');
}

/** Windows spells the variable `Path`. */
export function pathVariable({ env, platform }: Pick<Machine, 'env' | 'platform'>): string {
  if (platform !== 'win32') return env.PATH ?? '';
  return Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
}

/** All executables of that name in the folders, in order; on Windows with the endings of PATHEXT. */
export async function findExecutables(
  name: string,
  folders: readonly string[],
  machine: Machine,
): Promise<string[]> {
  const { platform, env, files } = machine;
  const { join } = platform === 'win32' ? win32 : posix;
  const endings =
    platform === 'win32' && !/\.[a-z]{3}$/i.test(name)
      ? (env.PATHEXT ?? '.COM;.EXE;.BAT;.CMD').toLowerCase().split(';')
      : [''];
  const candidates = folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending)));
  const found = await Promise.all(
    candidates.map(async (path) => {
      const facts = await files.stat(path);
      return facts?.kind === 'file' && (await files.isExecutable(path)) ? [path] : [];
    }),
  );
  return found.flat();
}

/** The executable a terminal would start. */
export async function findOnPath(name: string, machine: Machine): Promise<string | undefined> {
  const folders = pathFolders(pathVariable(machine), machine.platform);
  return (await findExecutables(name, folders, machine))[0];
}
