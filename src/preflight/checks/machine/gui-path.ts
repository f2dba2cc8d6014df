import { isRemote } from '../../../manifest/entry.ts';
import type { Check } from '../../check.ts';
import { DESKTOP_CLIENTS } from '../../desktop-clients.ts';
import { desktopPath } from '../../desktop-path.ts';
import { findExecutables, findOnPath, pathFolders } from '../../executables.ts';
import { type Finding, finding } from '../../finding.ts';

export const guiPath: Check = {
  id: 'gui-path',
  area: 'machine',
  title: 'PATH as desktop apps see it',
  async run({ machine, servers, clients }) {
    const path = await desktopPath(machine);
    const { chosen } = await clients();
    if (path === undefined || !chosen.some(({ id }) => DESKTOP_CLIENTS.has(id))) return { findings: [] };
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
