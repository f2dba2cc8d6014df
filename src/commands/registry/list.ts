import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { type ListFlags, listRegistries, renderListing } from '../../flows/registry/list-flow.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('list')
    .description('List the servers of your registries')
    .argument('[text]', 'a part of the name')
    .option('--registry <registry>', 'name in the settings, or address; each of your own by default')
    .option('--limit <count>', 'how many of each registry at most', '200')
    .addHelpText('after', EXAMPLES)
    .action(async (text: string | undefined, flags: ListFlags) => {
      output.result(await listRegistries(text, flags, context), (found) =>
        renderListing(found, output.width),
      );
    });
}

const EXAMPLES = `
examples:
  mcpctl registry list
  mcpctl registry list weather
  mcpctl registry list --registry https://registry.acme.example --json`;
