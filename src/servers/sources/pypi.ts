import { McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import type { Machine } from '../machine.ts';
import type { Installed } from '../npm/install.ts';
import type { PackageSource } from './source.ts';

const TEN_MINUTES = 600_000;

export const pypiSource: PackageSource<'pypi'> = {
  type: 'pypi',
  programs: [['uv'], ['uvx']],
  async resolve(spec, machine) {
    const { package: requirement, version: asked, executable } = spec.wanted;
    const name = requirement.replace(/\[.*\]$/, '');
    const version = await lockedVersion(requirement, asked, machine);
    const program = executable ?? name;
    return {
      spec,
      source: {
        type: 'pypi',
        package: requirement,
        version,
        ...(executable !== undefined && { executable }),
      },
      scripted: [],
      facts: [`Python package ${requirement}==${version}, run by uv in an environment of its own`],
      command: ({ args }) => ({
        command: 'uvx',
        args: [...uvxArguments(requirement, version, program), ...args],
      }),
      install: () => prefetch({ requirement, version, program }, machine),
    };
  },
};

function uvxArguments(requirement: string, version: string, program: string): string[] {
  return program === requirement
    ? [`${requirement}==${version}`]
    : ['--from', `${requirement}==${version}`, program];
}

/** The exact version uv would take, found without installing anything. */
async function lockedVersion(
  requirement: string,
  asked: string | undefined,
  machine: Machine,
): Promise<string> {
  const name = requirement.replace(/\[.*\]$/, '');
  const wanted = asked === undefined ? requirement : `${requirement}==${asked}`;
  const { status, stdout, stderr } = await machine.execute({
    command: 'uv',
    args: ['pip', 'compile', '--no-deps', '--no-header', '--no-annotate', '--quiet', '-'],
    input: `${wanted}\n`,
    env: uvEnv(machine),
    deadline: TEN_MINUTES,
    signal: machine.signal,
  });
  const found = stdout
    .split('\n')
    .map((line) => /^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)/.exec(line.trim()))
    .find((match) => match && normalised(match[1] ?? '') === normalised(name));
  if (status === 0 && found?.[2]) return found[2];
  throw new McpctlError('PACKAGE_NOT_FOUND', `uv found no ${wanted} on the Python package index.`, {
    hint: 'Check the spelling and the network; a private index is set with UV_INDEX_URL.',
    cause: new Error(stderr || stdout),
  });
}

/** Names differ in case and in dots, hyphens and underscores only by taste. */
function normalised(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

interface Prefetch {
  readonly requirement: string;
  readonly version: string;
  readonly program: string;
}

/** Fills uv's cache, so that the first start does not wait; `--help` would run the server's own code. */
async function prefetch({ requirement, version }: Prefetch, machine: Machine): Promise<Installed> {
  const { status, stdout, stderr } = await machine.execute({
    command: 'uvx',
    args: [
      '--from',
      `${requirement}==${version}`,
      'python',
      '-c',
      'import json; print(json.dumps({"ready": True}))',
    ],
    env: uvEnv(machine),
    deadline: TEN_MINUTES,
    signal: machine.signal,
  });
  if (status !== 0 || !isReady(stdout)) {
    throw new McpctlError('INSTALL_FAILED', `uv could not install ${requirement}==${version}.`, {
      hint: 'Run the command again with --verbose to see what uv printed.',
      cause: new Error(stderr || stdout),
    });
  }
  // The environment lives in uv's own cache, which uv cleans by itself.
  return { wasThere: false, undo: async () => {} };
}

function isReady(stdout: string): boolean {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) return false;
  const value: unknown = JSON.parse(line);
  return isRecord(value) && value.ready === true;
}

function uvEnv({ env, registries }: Machine): Machine['env'] {
  return registries?.pypi === undefined ? env : { ...env, UV_DEFAULT_INDEX: registries.pypi };
}
