import type { Check } from '../../check.ts';
import { findExecutables, pathFolders, pathVariable } from '../../executables.ts';
import { finding } from '../../finding.ts';
import type { Machine } from '../../machine.ts';
import { usersOf } from '../../needs.ts';
import { isOlder, versionIn } from '../../versions.ts';

/** What the reference servers ask for. */
const SERVER_FLOOR = '18.0.0';
/** More are hardly ever there, and each costs a start of Node. */
const MOST_ASKED = 4;

interface FoundNode {
  readonly path: string;
  readonly version: string;
}

export const nodeOnPath: Check = {
  id: 'node-on-path',
  area: 'machine',
  title: 'Node on PATH',
  async run({ machine, servers }) {
    const nodes = await nodesOnPath(machine);
    const [first] = nodes;
    if (!first) return { findings: [], detail: 'none; servers get an absolute path' };
    const findings = [];
    if (isOlder(first.version, SERVER_FLOOR)) {
      const users = usersOf(servers, 'node', 'npx', 'npm');
      findings.push(
        finding('NODE_ON_PATH_TOO_OLD', {
          subject: first.path,
          severity: users.length > 0 ? 'error' : 'warning',
          message: `The first node on PATH is ${first.version}; MCP servers need ${SERVER_FLOOR} or newer.`,
          cause:
            users.length > 0
              ? `${users.join(', ')} start with it, because their entries say node or npx.`
              : 'An old version stands before the others on PATH.',
          fix: {
            command: 'nvm alias default 22',
            description: 'makes a current Node the first on PATH (with nvm)',
            isSafe: false,
          },
        }),
      );
    }
    const versions = new Set(nodes.map(({ version }) => version));
    if (versions.size > 1) {
      findings.push(
        finding('NODE_SEVERAL', {
          subject: 'PATH',
          message: `${versions.size} versions of Node are on PATH: ${nodes.map(({ version, path }) => `${version} (${path})`).join(', ')}.`,
          cause: 'Version managers and system packages side by side.',
        }),
      );
    }
    return { findings, detail: `${first.version} ${first.path}` };
  },
};

async function nodesOnPath(machine: Machine): Promise<FoundNode[]> {
  const { files, program, nodeVersion } = machine;
  const folders = pathFolders(pathVariable(machine), machine.platform);
  const own = (await files.resolve(program.node)) ?? program.node;
  const places = new Map<string, string>();
  for (const path of await findExecutables('node', folders, machine)) {
    const place = (await files.resolve(path)) ?? path;
    if (!places.has(place)) places.set(place, path);
  }
  const found = await Promise.all(
    [...places].slice(0, MOST_ASKED).map(async ([place, path]) => {
      if (place === own) return { path, version: nodeVersion };
      const { stdout } = await machine.execute(path, ['--version']);
      return { path, version: versionIn(stdout) };
    }),
  );
  return found.flatMap(({ path, version }) => (version === undefined ? [] : [{ path, version }]));
}
