import type { Check } from '../../check.ts';
import { finding } from '../../finding.ts';

export const home: Check = {
  id: 'home',
  area: 'machine',
  title: 'Home folder',
  async run({ machine }) {
    const { home: path } = machine.paths;
    const facts = await machine.files.stat(path);
    if (facts?.kind === 'folder') return { findings: [], detail: path };
    const variable = machine.platform === 'win32' ? 'USERPROFILE' : 'HOME';
    return {
      findings: [
        finding('HOME_UNUSABLE', {
          subject: path,
          message: facts
            ? `${variable} is ${path}, which is not a folder.`
            : `${variable} is ${path}, which does not exist.`,
          cause: 'The variable was set by a service, a container or sudo.',
          fix: {
            command: 'export HOME="$(getent passwd "$(id -u)" | cut -d: -f6)"',
            description: "sets it to the account's folder",
            isSafe: false,
          },
        }),
      ],
    };
  },
};
