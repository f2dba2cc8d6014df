import type { Check } from '../../check.ts';
import { findOnPath } from '../../executables.ts';
import { finding } from '../../finding.ts';
import { usersOf } from '../../needs.ts';

export const npx: Check = {
  id: 'npx',
  area: 'machine',
  title: 'npx',
  async run({ machine, servers }) {
    const path = await findOnPath('npx', machine);
    if (path !== undefined) return { findings: [], detail: path };
    const users = usersOf(servers, 'npx');
    return {
      detail: 'not on PATH',
      findings: [
        finding('NPX_MISSING', {
          subject: 'npx',
          severity: users.length > 0 ? 'error' : 'warning',
          message: 'npx is not on PATH.',
          cause:
            users.length > 0 ? `The entries of ${users.join(', ')} start with it.` : 'npm came without npx.',
          fix: { command: 'npm install --global npm@10', description: 'brings npx back', isSafe: false },
        }),
      ],
    };
  },
};
