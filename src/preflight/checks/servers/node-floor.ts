import { finding } from '../../finding.ts';
import type { ServerCheck } from '../../server-check.ts';
import { isOlder } from '../../versions.ts';

export const nodeFloor: ServerCheck = {
  id: 'node-floor',
  stage: 'before',
  async run({ server: { name, lock }, prepared: { nodeFloor: floor }, situation: { machine } }) {
    // A runtime in the lock was chosen for this server.
    if (floor === undefined || lock?.runtime || !isOlder(machine.nodeVersion, floor)) return [];
    return [
      finding('SERVER_NODE_TOO_OLD', {
        subject: name,
        // Some servers ask for more than they need: starting it shows.
        severity: 'warning',
        message: `${name} asks for Node ${floor} or newer; here it starts with ${machine.nodeVersion}.`,
        cause: 'The package says so in the catalog.',
        fix: {
          command: `mcpctl add ${name}`,
          description: 'installs the server with the Node it needs beside it',
          isSafe: false,
        },
      }),
    ];
  },
};
