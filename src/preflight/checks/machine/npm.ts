import { dirname, join } from 'node:path';
import type { Check } from '../../check.ts';
import { findOnPath } from '../../executables.ts';
import { finding } from '../../finding.ts';
import type { Machine } from '../../machine.ts';
import { isOlder, versionIn } from '../../versions.ts';

const FLOOR = '9.0.0';

export const npm: Check = {
  id: 'npm',
  area: 'machine',
  title: 'npm',
  async run({ machine }) {
    const path = await findOnPath('npm', machine);
    const again = {
      command: 'nvm install 22',
      description: 'installs Node with its npm; nodejs.org has installers too',
      isSafe: false,
    };
    if (path === undefined) {
      return {
        findings: [
          finding('NPM_MISSING', {
            subject: 'npm',
            message: 'npm is not on PATH.',
            cause: 'Node was installed without npm, or its folder is missing from PATH.',
            fix: again,
          }),
        ],
      };
    }
    const version = await npmVersion(path, machine);
    if (version === undefined) {
      return {
        findings: [
          finding('NPM_BROKEN', {
            subject: path,
            message: `${path} --version prints no version.`,
            cause: 'Its Node is gone, or the installation is damaged.',
            fix: again,
          }),
        ],
      };
    }
    const findings = isOlder(version, FLOOR)
      ? [
          finding('NPM_TOO_OLD', {
            subject: path,
            message: `npm is ${version}; mcpctl is tested with ${FLOOR} and newer.`,
            cause: 'npm was not updated with Node.',
            fix: { command: 'npm install --global npm@10', description: 'updates npm', isSafe: false },
          }),
        ]
      : [];
    return { findings, detail: version };
  },
};

/** From npm's own package.json where it lies in its usual place: starting npm costs as much as starting a server. */
async function npmVersion(path: string, machine: Machine): Promise<string | undefined> {
  const real = (await machine.files.resolve(path)) ?? path;
  const candidates = [
    join(dirname(dirname(real)), 'package.json'),
    join(dirname(path), 'node_modules', 'npm', 'package.json'),
  ];
  for (const candidate of candidates) {
    const text = await machine.files.read(candidate);
    const match = text && /"name"\s*:\s*"npm"/.test(text) && /"version"\s*:\s*"([^"]+)"/.exec(text);
    if (match) return match[1];
  }
  const { status, stdout } = await machine.execute(path, ['--version'], { timeoutMs: 8_000 });
  return status === 0 ? versionIn(stdout) : undefined;
}
