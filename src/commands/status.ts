import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { renderSlo, sloFlow } from '../flows/watch/slo-flow.ts';
import { exitStatusOf, statusFlow } from '../flows/watch/status-flow.ts';
import { renderStatus } from '../flows/watch/status-view.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('status')
    .description('Show how every server is: one round of what watch does')
    .option('--server <name...>', 'only these')
    .option('--deep', 'make the harmless call the catalog knows for a server as well')
    .addOption(
      new Option(
        '--slo',
        'how well they worked: uptime, incidents and times, by the history that watch writes',
      ).conflicts('deep'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async ({ server, slo, deep }: { server?: string[]; slo?: boolean; deep?: boolean }) => {
      if (slo) {
        const levels = await sloFlow(server, context);
        output.result(levels, (shown, style) => renderSlo(shown, style, output.width));
        return;
      }
      const observation = await statusFlow({ names: server, deep }, context);
      const status = exitStatusOf(observation);
      if (status !== 0) context.exitWith(status);
      output.result(observation, (shown, style) => renderStatus(shown, style, output.width));
    });
}

const EXAMPLES = `
states: healthy; degraded: answers slowly or not at once; starting; dormant: nobody needs it now, and it worked when it
was tried; needs-auth: sign in; failed: it does not work; stopped: disabled in the manifest

Servers of the project's manifest that nobody runs are tried only when you name them.

examples:
  mcpctl status
  mcpctl status --server github
  mcpctl status --json
  mcpctl status --deep               is degraded too what answers, but whose tool fails
  mcpctl status --slo                against the goal of 99 %

exit status: 0 all is well; 4 a sign-in is needed; 5 a server does not work`;
