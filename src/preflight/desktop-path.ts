import { posix } from 'node:path';
import type { Machine } from './machine.ts';

/** launchd gives apps this one; a desktop session on Linux the one of systemd's user manager. */
const DEFAULT_PATH: Partial<Record<NodeJS.Platform, string>> = {
  darwin: '/usr/bin:/bin:/usr/sbin:/sbin',
  linux: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/snap/bin',
};

/** Undefined where apps see the same PATH as a terminal (Windows). */
export async function desktopPath(machine: Machine): Promise<string | undefined> {
  const { platform, paths, files } = machine;
  const path = DEFAULT_PATH[platform];
  if (path === undefined || platform !== 'linux') return path;
  // systemd reads these for the whole graphical session; later names win.
  const folder = posix.join(paths.config, 'environment.d');
  let found = path;
  for (const name of [...(await files.list(folder))].sort()) {
    if (!name.endsWith('.conf')) continue;
    const text = (await files.read(posix.join(folder, name))) ?? '';
    for (const [, value = ''] of text.matchAll(/^PATH=(.*)$/gm)) {
      found = value
        .replace(/^"(.*)"$/, '$1')
        .replaceAll(/\$\{?HOME\}?/g, paths.home)
        .replaceAll(/\$\{?PATH\}?/g, found);
    }
  }
  return found;
}
