import { posix, win32 } from 'node:path';
import type { Paths } from '../platform/paths.ts';

/** Folder of one installed version. The version may hold any character; the folder's name is safe everywhere. */
export function installFolder(
  { servers }: Pick<Paths, 'servers'>,
  name: string,
  version: string,
  platform: NodeJS.Platform,
): string {
  const { join } = platform === 'win32' ? win32 : posix;
  return join(servers, name, version.replaceAll(/[^A-Za-z0-9.+_-]/g, '-'));
}
