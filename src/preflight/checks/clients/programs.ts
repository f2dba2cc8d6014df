import { partsOfManaged } from '../../../clients/managed.ts';
import { decodeStrictly } from '../../../clients/ownership.ts';
import type { ClientCheck, ClientExam } from '../../client-check.ts';
import { DESKTOP_CLIENTS } from '../../desktop-clients.ts';
import { desktopPath } from '../../desktop-path.ts';
import { findExecutables, findOnPath, pathFolders } from '../../executables.ts';
import { type Finding, finding } from '../../finding.ts';

/** Programs of entries mcpctl did not write: are they there, and does the client find them? */
export const programs: ClientCheck = {
  id: 'programs',
  async run(exam) {
    const found: Finding[] = [];
    for (const { section, plan } of exam.files) {
      for (const [name, value] of section?.entries ?? []) {
        const entry = decodeStrictly(plan.file.shape, value);
        if (entry?.kind !== 'stdio') continue;
        // Managed entries of the user are compared with the manifest; those of a project start a plain `mcpctl`.
        const parts = partsOfManaged(entry);
        if (parts?.node !== undefined) continue;
        found.push(...(await judge(name, entry.command, plan.file.path, exam)));
      }
    }
    return found;
  },
};

async function judge(
  name: string,
  command: string,
  path: string,
  { client, situation }: ClientExam,
): Promise<Finding[]> {
  const { machine } = situation;
  if (/[$%{]/.test(command)) return [];
  const fix = {
    command: command === 'mcpctl' ? 'npm install --global mcpctl' : `mcpctl import --client ${client.id}`,
    description:
      command === 'mcpctl' ? 'puts mcpctl on PATH' : 'lets mcpctl start the server by absolute paths',
    isSafe: false,
  };
  const subject = `${client.id} ${name}`;
  const isPath = /[\\/]/.test(command);
  const place = isPath ? await machine.files.resolve(command) : await findOnPath(command, machine);
  if (place === undefined && (!isPath || command.startsWith('/') || /^[A-Za-z]:/.test(command))) {
    return [
      finding('CLIENT_COMMAND_MISSING', {
        subject,
        message: `${client.title} starts ${name} with ${command}, which ${isPath ? 'does not exist' : 'is not on PATH'}.`,
        cause: `The entry in ${path} names a program that was moved, removed or never installed.`,
        fix,
      }),
    ];
  }
  const desktop = DESKTOP_CLIENTS.has(client.id) ? await desktopPath(machine) : undefined;
  if (isPath || desktop === undefined) return [];
  const folders = pathFolders(desktop, machine.platform);
  if ((await findExecutables(command, folders, machine)).length > 0) return [];
  return [
    finding('COMMAND_NOT_ON_GUI_PATH', {
      subject,
      message: `${client.title} will not find ${command}: it is at ${place}.`,
      cause: `Apps started from the desktop search PATH=${desktop}.`,
      fix,
    }),
  ];
}
