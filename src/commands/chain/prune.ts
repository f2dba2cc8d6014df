import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { type PruneFlags, pruneFlow } from '../../flows/chain/prune-flow.ts';

export function command(context: Context): Command {
  return new Command('prune')
    .description('Remove journals of runs that nobody will resume')
    .argument('[run]', 'this run; all that are old without it')
    .option('--older <duration>', 'older than that, e.g. 7d; 30d for runs that are over, 183d for others')
    .option('--dry-run', 'show which and remove nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (run: string | undefined, flags: PruneFlags) => {
      const pruned = await pruneFlow(run, flags, context);
      context.output.result(pruned, ({ removed, dryRun }) => {
        if (removed.length === 0) return 'There is nothing to remove.';
        return `${removed.join('\n')}\n${dryRun ? 'would be removed' : 'removed'}`;
      });
    });
}

const EXAMPLES = `
Each run removes what is old by itself. What was called stays in the audit log.

examples:
  mcpctl chain prune --older 7d --dry-run
  mcpctl chain prune 20261130-091500-a1b2c3`;
