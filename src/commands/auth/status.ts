import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { statusFlow } from '../../flows/auth/status-flow.ts';
import { renderStatus } from '../../flows/auth/status-view.ts';

const SIGN_IN_NEEDED = 4;

export function command(context: Context): Command {
  return new Command('status')
    .description('Show who is signed in where, for what, until when, and where it is kept')
    .argument('[server]', 'name in the manifest; all when left out')
    .addHelpText('after', EXAMPLES)
    .action(async (server: string | undefined) => {
      const servers = await statusFlow(server, context);
      if (server !== undefined && servers.some(({ state }) => state !== 'signed in'))
        context.exitWith(SIGN_IN_NEEDED);
      context.output.result({ servers }, (_answer, style) =>
        renderStatus(servers, style, context.now().getTime()),
      );
    });
}

const EXAMPLES = `
examples:
  mcpctl auth status
  mcpctl auth status linear --json

exit status: 4 when the named server needs a sign-in`;
