import type { Check } from '../../check.ts';
import { findOnPath } from '../../executables.ts';
import { finding } from '../../finding.ts';
import type { Machine } from '../../machine.ts';
import { usersOf } from '../../needs.ts';

export const containers: Check = {
  id: 'containers',
  area: 'machine',
  title: 'Docker or Podman',
  async run({ machine, servers }) {
    const users = usersOf(servers, 'docker', 'podman');
    const path = (await findOnPath('docker', machine)) ?? (await findOnPath('podman', machine));
    if (path === undefined) {
      return {
        detail: 'not installed',
        findings: [
          finding('DOCKER_MISSING', {
            subject: 'docker',
            severity: users.length > 0 ? 'error' : 'info',
            message: 'Neither docker nor podman is on PATH.',
            cause:
              users.length > 0
                ? `${users.join(', ')} ${users.length > 1 ? 'run' : 'runs'} in a container.`
                : 'No configured server needs it.',
            fix: {
              command: installCommand(machine),
              description: 'installs a container engine',
              isSafe: false,
            },
          }),
        ],
      };
    }
    if (users.length === 0) return { findings: [], detail: path };
    const { status, stderr } = await machine.execute(path, ['version', '--format', '{{.Server.Version}}']);
    if (status === 0) return { findings: [], detail: path };
    return {
      detail: path,
      findings: [
        finding('DOCKER_NOT_RUNNING', {
          subject: path,
          message: `The container engine does not answer; ${users.join(', ')} need${users.length > 1 ? '' : 's'} it.`,
          cause: stderr.trim().split('\n').at(-1) || 'docker version did not finish.',
          fix: { command: startCommand(machine), description: 'starts the engine', isSafe: false },
        }),
      ],
    };
  },
};

function installCommand({ platform }: Machine): string {
  if (platform === 'darwin') return 'brew install --cask docker';
  if (platform === 'win32') return 'winget install -e --id Docker.DockerDesktop';
  return 'sudo apt-get install podman';
}

function startCommand({ platform }: Machine): string {
  if (platform === 'darwin') return 'open -a Docker';
  if (platform === 'win32') return 'start "" "Docker Desktop"';
  return 'sudo systemctl start docker';
}
