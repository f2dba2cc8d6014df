import type { Check } from '../../check.ts';
import { findOnPath } from '../../executables.ts';
import { finding } from '../../finding.ts';
import type { Machine } from '../../machine.ts';
import { usersOf } from '../../needs.ts';

export const uv: Check = {
  id: 'uv',
  area: 'machine',
  title: 'uv',
  async run({ machine, servers }) {
    const path = (await findOnPath('uv', machine)) ?? (await findOnPath('uvx', machine));
    if (path !== undefined) return { findings: [], detail: path };
    const users = usersOf(servers, 'uv', 'uvx');
    return {
      detail: 'not installed',
      findings: [
        finding('UV_MISSING', {
          subject: 'uv',
          severity: users.length > 0 ? 'error' : 'info',
          message: 'uv is not on PATH.',
          cause:
            users.length > 0
              ? `${users.join(', ')} ${users.length > 1 ? 'are Python packages' : 'is a Python package'}.`
              : 'No configured server needs it; Python servers would.',
          fix: { command: installCommand(machine), description: 'installs uv', isSafe: false },
        }),
      ],
    };
  },
};

function installCommand({ platform }: Machine): string {
  if (platform === 'darwin') return 'brew install uv';
  if (platform === 'win32') return 'winget install --id=astral-sh.uv -e';
  return 'curl -LsSf https://astral.sh/uv/install.sh | sh';
}
