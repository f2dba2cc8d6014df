import { accessSync, constants, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { McpctlError } from '../core/errors.ts';
import type { Machine } from './machine.ts';

/** The command that installs a program, by system; undefined where there is no one way. */
const INSTALL: Readonly<
  Record<string, Partial<Record<NodeJS.Platform, string>> & { readonly other: string }>
> = {
  docker: {
    darwin: 'brew install --cask docker',
    win32: 'winget install Docker.DockerDesktop',
    other: 'curl -fsSL https://get.docker.com | sh',
  },
  git: {
    darwin: 'xcode-select --install',
    win32: 'winget install Git.Git',
    other: 'sudo apt-get install git',
  },
  npm: {
    darwin: 'brew install node',
    win32: 'winget install OpenJS.NodeJS.LTS',
    other: 'Install Node.js with npm from https://nodejs.org',
  },
  uv: {
    darwin: 'brew install uv',
    win32: 'winget install astral-sh.uv',
    other: 'curl -LsSf https://astral.sh/uv/install.sh | sh',
  },
};

/** Absolute path of a program on PATH, as the system would find it; undefined when there is none. */
export function findProgram(
  name: string,
  { env, platform }: Pick<Machine, 'env' | 'platform'>,
): string | undefined {
  const { join, delimiter } = platform === 'win32' ? win32 : posix;
  const endings = platform === 'win32' ? (env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';') : [''];
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter)) {
    if (folder === '') continue;
    for (const ending of endings) {
      const path = join(folder, `${name}${ending.toLowerCase()}`);
      if (isExecutable(path)) return path;
    }
  }
  return undefined;
}

/**
 * The first of the programs that is installed.
 * @throws TOOL_MISSING with the command that installs it.
 */
export function needProgram(
  names: readonly string[],
  purpose: string,
  machine: Pick<Machine, 'env' | 'platform'>,
): string {
  const found = names.find((name) => findProgram(name, machine) !== undefined);
  if (found !== undefined) return found;
  const [first = ''] = names;
  const known = INSTALL[first === 'uvx' ? 'uv' : first];
  throw new McpctlError('TOOL_MISSING', `${purpose} needs ${names.join(' or ')}, which is not installed.`, {
    hint: known?.[machine.platform] ?? known?.other ?? `Install ${first} and make sure it is on PATH.`,
    data: { program: first },
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
