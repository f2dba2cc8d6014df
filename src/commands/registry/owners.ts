import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { changeOwners } from '../../flows/registry/change-flows.ts';
import type { RegistryFlags } from '../../flows/registry/known-registries.ts';

export function command(context: Context): Command {
  return new Command('owners')
    .description('Say whose a published server is: who may publish further versions')
    .argument('<name>', 'full name, as in io.acme/weather')
    .argument('<owner...>', 'names of tokens; they replace the owners there are')
    .option('--registry <registry>', 'name in the settings, or address')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, owners: string[], flags: RegistryFlags) => {
      const done = await changeOwners(name, owners, flags, context);
      context.output.result(done, () => `${done.name} belongs to ${done.owners.join(', ')}.`);
    });
}

const EXAMPLES = `
examples:
  mcpctl registry owners io.acme/weather ci weather-team`;
