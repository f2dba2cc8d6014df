import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { type ClearOptions, clearCaches } from '../../flows/cache/clear-flow.ts';

export function command(context: Context): Command {
  return new Command('clear')
    .description('Forget results and lists, so that servers are asked again')
    .option('--server <server>', 'of one server only')
    .option('--dry-run', 'say how many there are and forget none')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ClearOptions) => {
      context.output.result(await clearCaches(options, context), ({ removed, server, dryRun }) => {
        const what = `${removed} ${removed === 1 ? 'result' : 'results'}${server === undefined ? '' : ` of ${server}`}`;
        return dryRun ? `Would remove ${what}.` : `Removed ${what}.`;
      });
    });
}

const EXAMPLES = `
Limits go on counting.

examples:
  mcpctl cache clear --dry-run
  mcpctl cache clear --server linear`;
