import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { restartFlow } from '../flows/processes/restart-flow.ts';

export function command(context: Context): Command {
  return new Command('restart')
    .description('Restart a server in every client and gateway that runs it; their sessions go on')
    .argument('<server>', 'name in the manifest')
    .addHelpText('after', EXAMPLES)
    .action(async (server: string) => {
      const restarted = await restartFlow(server, context);
      const failed = restarted.find(({ error }) => error)?.error;
      if (failed) context.exitWith(failed.exitStatus);
      const answer = restarted.map(({ error, ...rest }) => ({
        ...rest,
        ...(error && { error: { code: error.code, message: error.message, hint: error.hint } }),
      }));
      context.output.result({ server, restarted: answer }, (_answer, style) =>
        restarted
          .map(({ pid, kind, error }) =>
            error
              ? `${style.red('✗')} ${kind} ${pid}: ${error.message}${error.hint ? `\n  try ${error.hint}` : ''}`
              : `${style.green('✓')} ${server} was restarted in ${kind} ${pid}`,
          )
          .join('\n'),
      );
    });
}

const EXAMPLES = `
Calls that only read are asked again; a call that may have changed something ends with an error that says so.

examples:
  mcpctl restart github
  mcpctl restart postgres --json

exit status: 0 restarted everywhere; 5 nothing runs it; otherwise that of the first that failed`;
