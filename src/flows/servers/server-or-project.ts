import { resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { type ChosenServer, serverHere } from '../../manifest/choose.ts';
import { kindOf } from '../../platform/file-kind.ts';
import { type Project, readProject, serverOfProject } from '../../servers/project/project.ts';

export interface NamedServer {
  /** How it is started; ready for `openServer`. */
  readonly chosen: ChosenServer;
  /** Set when a folder was named. */
  readonly project?: Project;
}

/**
 * The server a person means: one of a manifest, or the project in a folder, which need not be added anywhere. A name of
 * the manifest comes before a folder beside us of the same name; `./name` means the folder.
 * @throws SERVER_UNKNOWN when it is neither; NOT_A_SERVER when the folder's program has to be built first; and what
 * reading the manifest or the project throws.
 */
export async function serverOrProject(
  word: string,
  context: Pick<Context, 'paths' | 'cwd' | 'env'>,
): Promise<NamedServer> {
  const { cwd, env } = context;
  const isPath = /[\\/]|^\.{1,2}$/.test(word);
  try {
    if (!isPath) return { chosen: await serverHere(word, context) };
  } catch (error) {
    const isUnknown = error instanceof McpctlError && error.code === 'SERVER_UNKNOWN';
    if (!isUnknown || (await kindOf(resolve(cwd, word))) !== 'folder') throw error;
  }
  const folder = resolve(cwd, word);
  if ((await kindOf(folder)) !== 'folder') {
    throw new McpctlError('SERVER_UNKNOWN', `${folder} is no folder.`, {
      hint: 'Name a server of the manifest, or the folder of a server: mcpctl list',
      data: { server: word },
    });
  }
  const project = await readProject(folder);
  if (!project.isBuilt) throw notBuilt(project);
  return { chosen: await serverOfProject(project, env), project };
}

function notBuilt({ folder, name }: Project): McpctlError {
  return new McpctlError('NOT_A_SERVER', `${name} in ${folder} has to be built first.`, {
    hint: `cd ${folder} && npm install && npm run build`,
    data: { folder },
  });
}
