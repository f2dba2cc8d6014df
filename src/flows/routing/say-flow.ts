import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import type { Said } from '../../routing/said.ts';
import { ownServers } from './own-servers.ts';
import { keepSaid } from './said.ts';

export interface SayOptions {
  /** `server/tool` that is right. */
  readonly confirm?: string;
  /** `server/tool` that is not. */
  readonly wrong?: string;
}

/** Remembers what a user says of a tool for a task. @throws USAGE, SERVER_UNKNOWN, CALL_TOOL_UNKNOWN */
export async function sayOf(task: string, { confirm, wrong }: SayOptions, context: Context): Promise<Said> {
  if (confirm !== undefined && wrong !== undefined) {
    throw new McpctlError(
      'USAGE',
      'A tool is either right or wrong: --confirm and --wrong exclude each other.',
      {
        hint: 'mcpctl route "<task>" --confirm <server/tool>',
      },
    );
  }
  const name = confirm ?? wrong ?? '';
  const at = name.indexOf('/');
  const [server, tool] = [name.slice(0, at), name.slice(at + 1)];
  const own = (await ownServers(context)).find(({ routable }) => routable.id === server);
  if (at < 1 || !own) {
    throw new McpctlError('SERVER_UNKNOWN', `${JSON.stringify(name)} names none of your servers and tools.`, {
      hint: 'Name both as route shows them, e.g. github/create_pull_request.',
      data: { name },
    });
  }
  if (own.from !== 'nowhere' && !own.routable.tools.some((known) => known.name === tool)) {
    throw new McpctlError('CALL_TOOL_UNKNOWN', `${server} has no tool ${JSON.stringify(tool)}.`, {
      hint: `mcpctl tools ${server}`,
      data: { server, tool },
    });
  }
  return await keepSaid({ server, tool, task, isRight: confirm !== undefined }, context.paths);
}
