import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { cacheStats } from '../../flows/cache/stats-flow.ts';
import { renderStats } from '../../flows/cache/stats-view.ts';

export function command(context: Context): Command {
  return new Command('stats')
    .description('Show how much is kept of results and lists, and how often it served')
    .option('--server <server>', 'of one server only')
    .addHelpText('after', EXAMPLES)
    .action(async ({ server }: { server?: string }) => {
      context.output.result(await cacheStats(server, context), renderStats);
    });
}

const EXAMPLES = `
Results are kept in Redis when your settings say so, else in each running client session and gateway.

examples:
  mcpctl cache stats
  mcpctl cache stats --server linear --json`;
