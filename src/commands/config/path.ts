import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { placeRows, renderPlaces } from '../../flows/settings/config-view.ts';

export function command(context: Context): Command {
  return new Command('path')
    .description('Show where mcpctl keeps things')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const rows = await placeRows(context);
      context.output.result(rows, renderPlaces);
    });
}

const EXAMPLES = `
examples:
  mcpctl config path
  mcpctl config path --json`;
