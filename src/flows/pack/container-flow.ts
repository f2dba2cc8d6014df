import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { runTasks } from '../../cli/tasks.ts';
import { McpctlError } from '../../core/errors.ts';
import { findLiteralSecret } from '../../core/secret-patterns.ts';
import { execute } from '../../platform/execute.ts';
import { needProgram } from '../../servers/programs.ts';
import { type Project, readProject } from '../../servers/project/project.ts';

export interface ContainerFlags {
  /** Name of the image; the package's and its version without it. */
  readonly tag?: string;
  /** `NAME=value`, for the Dockerfile. */
  readonly buildArg: readonly string[];
  readonly dryRun?: boolean;
}

export interface BuiltImage {
  readonly engine: string;
  readonly tag: string;
  readonly command: readonly string[];
  /** As the engine names it; undefined with `--dry-run`. */
  readonly id?: string;
}

/** Longest wait for an image, in milliseconds. */
const IMAGE_MS = 1_800_000;

/** Builds the image of a project's Dockerfile. @throws TOOL_MISSING without docker and podman; PACK_FAILED */
export async function containerFlow(
  folder: string | undefined,
  flags: ContainerFlags,
  context: Context,
): Promise<BuiltImage> {
  const { cwd, env, platform, signal, output } = context;
  const project = await readProject(resolve(cwd, folder ?? '.'));
  await needDockerfile(project);
  const engine = needProgram(['docker', 'podman'], 'pack --container', { env, platform });
  const tag = flags.tag ?? tagOf(project);
  const args = ['build', '--quiet', '--tag', tag, ...buildArguments(flags.buildArg), '.'];
  const image = { engine, tag, command: [engine, ...args] };
  if (flags.dryRun) return image;
  let id = '';
  await runTasks(
    [
      {
        title: `Build ${tag} with ${engine}`,
        run: async ({ title }) => {
          const ended = await execute({
            command: engine,
            args,
            env,
            cwd: project.folder,
            deadline: IMAGE_MS,
            signal,
          });
          if (ended.status !== 0) throw failed(engine, `${ended.stdout}\n${ended.stderr}`, project);
          id = ended.stdout.trim().split('\n').at(-1) ?? '';
          title(`Built ${tag}`);
        },
      },
    ],
    { output, signal },
  );
  return { ...image, id };
}

async function needDockerfile({ folder }: Project): Promise<void> {
  try {
    await access(join(folder, 'Dockerfile'));
  } catch {
    throw new McpctlError('PACK_FAILED', `${folder} has no Dockerfile.`, {
      hint: 'A new server has one to take over: mcpctl new-server example --yes',
      data: { folder },
    });
  }
}

function buildArguments(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const [name = '', value] = word.split(/=(.*)/s, 2);
    if (value === undefined || !/^[A-Za-z_]\w*$/.test(name))
      throw new McpctlError('USAGE', `${JSON.stringify(word)} is not NAME=value.`, {
        hint: '--build-arg NODE_IMAGE=node:22-slim@sha256:<digest>',
      });
    if (findLiteralSecret(name, value))
      throw new McpctlError(
        'SECRET_ON_COMMAND_LINE',
        `The value of ${name} looks like a secret, and an image keeps it.`,
        {
          hint: 'Give it to the container when it runs, not to the image.',
        },
      );
    return ['--build-arg', word];
  });
}

/** Images are named in lower case and without a scope. */
function tagOf({ name, version }: Project): string {
  const plain = (name.split('/').at(-1) ?? name).toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-');
  return `${plain}:${version?.replaceAll(/[^A-Za-z0-9._-]+/g, '-') ?? 'latest'}`;
}

function failed(engine: string, said: string, { folder }: Project): McpctlError {
  const lines = said.trim().split('\n').slice(-15).join('\n');
  return new McpctlError('PACK_FAILED', `${engine} could not build the image of ${folder}:\n${lines}`, {
    hint: `See all of it: cd ${folder} && ${engine} build .`,
  });
}
