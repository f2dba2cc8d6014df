import { posix } from 'node:path';
import { isRemote } from '../../../manifest/entry.ts';
import type { Check } from '../../check.ts';
import { findExecutables, findOnPath, pathFolders } from '../../executables.ts';
import { type Finding, finding } from '../../finding.ts';
import type { Machine } from '../../machine.ts';

/** launchd gives apps this one; a desktop session on Linux the one of systemd's user manager. */
const DEFAULT_PATH: Partial<Record<NodeJS.Platform, string>> = {
  darwin: '/usr/bin:/bin:/usr/sbin:/sbin',
  linux: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/snap/bin',
};

export const guiPath: Check = {
  id: 'gui-path',
  area: 'machine',
  title: 'PATH as desktop apps see it',
  async run({ machine, servers, hasDesktopClients }) {
    const path = await desktopPath(machine);
    if (path === undefined || !hasDesktopClients) return { findings: [] };
    const folders = pathFolders(path, machine.platform);
    const findings: Finding[] = [];
    for (const { name, entry, lock, manifest } of servers) {
      if (entry.disabled || isRemote(entry) || /[\\/]/.test(entry.command)) continue;
      if (lock && lock.source.type !== 'command') continue;
      if ((await findExecutables(entry.command, folders, machine)).length > 0) continue;
      const here = await findOnPath(entry.command, machine);
      if (here === undefined) continue;
      findings.push(
        finding('COMMAND_NOT_ON_GUI_PATH', {
          subject: name,
          message: `${entry.command} is at ${here}, which apps started from the desktop do not search.`,
          cause: `The entry in ${manifest} starts ${entry.command} by its bare name; apps see PATH=${path}.`,
          fix: {
            command: `mcpctl add ${name}`,
            description: 'locks the server, so that it starts by absolute paths',
            isSafe: false,
          },
        }),
      );
    }
    return { findings };
  },
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
