import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { type RestartOptions, restartFlow, restartTargets } from '../flows/processes/restart-flow.ts';
import { renderRestarted, renderTargets, restartedDocument } from '../flows/processes/restart-view.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('restart')
    .description('Restart servers in every client and gateway that runs them; their sessions go on')
    .argument('[server...]', 'names in the manifest')
    .option('--all', 'every server that runs')
    .option('--dry-run', 'show what would be restarted')
    .addHelpText('after', EXAMPLES)
    .action(async (named: string[], options: RestartOptions) => {
      const targets = await restartTargets(named, options, context);
      if (options.dryRun) {
        const planned = targets.map(({ server, running: { pid, kind, cwd } }) => ({
          server,
          pid,
          kind,
          cwd,
        }));
        output.result({ planned }, () => renderTargets(targets));
        return;
      }
      const restarted = await restartFlow(targets, context);
      const failed = restarted.find(({ error }) => error)?.error;
      if (failed) context.exitWith(failed.exitStatus);
      output.result({ restarted: restarted.map(restartedDocument) }, (_answer, style) =>
        renderRestarted(restarted, style),
      );
    });
}

const EXAMPLES = `
Calls that only read are asked again; a call that may have changed something ends with an error that says so.

examples:
  mcpctl restart github
  mcpctl restart github postgres --json
  mcpctl restart --all --dry-run

exit status: 0 restarted everywhere; 5 nothing runs one of them; otherwise that of the first that failed`;
