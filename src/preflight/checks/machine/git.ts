import type { Check } from '../../check.ts';
import { findOnPath } from '../../executables.ts';
import { finding } from '../../finding.ts';

export const git: Check = {
  id: 'git',
  area: 'machine',
  title: 'git',
  async run({ machine, servers }) {
    const path = await findOnPath('git', machine);
    if (path !== undefined) return { findings: [], detail: path };
    const users = servers.filter(({ lock }) => lock?.source.type === 'git').map(({ name }) => name);
    return {
      detail: 'not installed',
      findings: [
        finding('GIT_MISSING', {
          subject: 'git',
          severity: users.length > 0 ? 'error' : 'info',
          message: 'git is not on PATH.',
          cause:
            users.length > 0
              ? `${users.join(', ')} ${users.length > 1 ? 'come' : 'comes'} from a git repository.`
              : 'No configured server needs it.',
          fix: {
            command:
              machine.platform === 'darwin'
                ? 'xcode-select --install'
                : machine.platform === 'win32'
                  ? 'winget install -e --id Git.Git'
                  : 'sudo apt-get install git',
            description: 'installs git',
            isSafe: false,
          },
        }),
      ],
    };
  },
};
