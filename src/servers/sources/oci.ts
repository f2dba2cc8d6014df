import { McpctlError } from '../../core/errors.ts';
import type { Machine } from '../machine.ts';
import type { Installed } from '../npm/install.ts';
import { needProgram } from '../programs.ts';
import type { Spec } from '../spec.ts';
import type { PackageSource } from './source.ts';

const TEN_MINUTES = 600_000;

export const ociSource: PackageSource<'oci'> = {
  type: 'oci',
  programs: [['docker', 'podman']],
  async resolve(spec, machine) {
    const { image, tag, digest: asked, options = [] } = spec.wanted;
    const engine = needProgram(['docker', 'podman'], spec.name, machine);
    const name = tag === undefined ? image : `${image}:${tag}`;
    const digest = asked ?? (await digestOf(engine, name, machine));
    const pinned = `${image}@${digest}`;
    return {
      spec,
      source: { type: 'oci', image, digest },
      scripted: [],
      facts: [`container image ${pinned}${tag === undefined ? '' : ` (${tag})`}, run by ${engine}`],
      command: (filled) => ({
        command: engine,
        args: ['run', '-i', '--rm', ...variablesOf(filled), ...options, pinned, ...filled.args],
      }),
      install: () => pull(engine, pinned, machine),
    };
  },
};

/** Names only: the value comes from the environment of `docker`, never from its arguments. */
function variablesOf({ env }: Spec): string[] {
  return Object.keys(env).flatMap((name) => ['-e', name]);
}

/** The digest a registry gives for a tag, asked without fetching the image where the engine can. */
async function digestOf(engine: string, name: string, machine: Machine): Promise<string> {
  const run = async (...args: string[]) =>
    await machine.execute({
      command: engine,
      args,
      env: machine.env,
      deadline: TEN_MINUTES,
      signal: machine.signal,
    });
  if (engine === 'docker') {
    const { status, stdout } = await run(
      'buildx',
      'imagetools',
      'inspect',
      '--format',
      '{{.Manifest.Digest}}',
      name,
    );
    const digest = stdout.trim();
    if (status === 0 && isDigest(digest)) return digest;
  }
  const pulled = await run('pull', '--quiet', name);
  if (pulled.status === 0) {
    const { stdout } = await run('image', 'inspect', '--format', '{{index .RepoDigests 0}}', name);
    const digest = stdout.trim().split('@')[1] ?? '';
    if (isDigest(digest)) return digest;
  }
  throw new McpctlError('PACKAGE_NOT_FOUND', `${engine} could not find the image ${name}.`, {
    hint: `See whether ${engine} itself works: ${engine} pull ${name}`,
    cause: new Error(pulled.stderr || pulled.stdout),
  });
}

function isDigest(text: string): boolean {
  return /^sha256:[a-f0-9]{64}$/.test(text);
}

async function pull(engine: string, pinned: string, machine: Machine): Promise<Installed> {
  const { status, stdout, stderr } = await machine.execute({
    command: engine,
    args: ['pull', '--quiet', pinned],
    env: machine.env,
    deadline: TEN_MINUTES,
    signal: machine.signal,
  });
  if (status !== 0) {
    throw new McpctlError('INSTALL_FAILED', `${engine} could not fetch ${pinned}.`, {
      hint: `See whether ${engine} itself works: ${engine} info`,
      cause: new Error(stderr || stdout),
    });
  }
  // Images are shared with everything else on the machine, so they stay.
  return { wasThere: false, undo: async () => {} };
}
