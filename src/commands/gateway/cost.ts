import { Command, Option } from 'commander';
import type { Context } from '../../cli/context.ts';
import { type CostOptions, listCosts } from '../../flows/gateway/cost-flow.ts';
import { renderCosts } from '../../flows/gateway/cost-view.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('cost')
    .description('Show what the lists of the gateway cost in every conversation, in tokens')
    .option('--server <name...>', 'count only these')
    .addOption(new Option('--scope <scope>', 'whose servers').choices(['user', 'project']))
    .option('--fresh', 'list the tools of every server again')
    .addHelpText('after', EXAMPLES)
    .action(async (options: CostOptions) => {
      const costs = await listCosts(options, context);
      const failed = costs.servers.find(({ error }) => error);
      if (failed) context.exitWith(5);
      output.result(costs, (shown, style) => renderCosts(shown, style, output.width));
    });
}

const EXAMPLES = `
What a client lists stands in every conversation of its model. Tokens are an estimate, within 6 % of GPT-4o's count for
lists of tools; other models count otherwise. Servers are started only where nobody has listed their tools yet.

examples:
  mcpctl gateway cost
  mcpctl gateway cost --server github linear
  mcpctl gateway cost --json             bytes and tokens, by server, mode and profile`;
