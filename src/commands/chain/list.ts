import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { listRunsHere, renderRuns } from '../../flows/chain/list-flow.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('list')
    .description('Show the runs of pipelines, how they ended, and what is in doubt')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const runs = await listRunsHere(context);
      output.result({ runs }, (_, style) => renderRuns(runs, style, output.width));
    });
}

const EXAMPLES = `
done, failed, stopped (by you), in-doubt (a write, see chain resume), interrupted (its process ended), running.

examples:
  mcpctl chain list
  mcpctl chain list --json`;
