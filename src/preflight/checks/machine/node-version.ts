import type { Check } from '../../check.ts';
import { finding } from '../../finding.ts';
import { isOlder } from '../../versions.ts';

/** The `engines` of mcpctl itself. */
const FLOOR = '20.19.0';

export const nodeVersion: Check = {
  id: 'node-version',
  area: 'machine',
  title: 'Node',
  async run({ machine }) {
    const { nodeVersion: version, program } = machine;
    if (!isOlder(version, FLOOR)) return { findings: [], detail: version };
    return {
      detail: version,
      findings: [
        finding('NODE_TOO_OLD', {
          subject: program.node,
          message: `mcpctl runs on Node ${version}; it needs ${FLOOR} or newer.`,
          cause: 'An older Node is first on PATH, or the only one.',
          fix: {
            command: 'nvm install 22',
            description: 'installs a current Node with nvm; nodejs.org has installers too',
            isSafe: false,
          },
        }),
      ],
    };
  },
};
