import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { rateServer } from '../../flows/registry/change-flows.ts';
import type { RegistryFlags } from '../../flows/registry/known-registries.ts';

export function command(context: Context): Command {
  return new Command('rate')
    .description('Give a server of a registry one to five stars')
    .argument('<name>', 'full name, as in io.acme/weather')
    .argument('<stars>', 'from 1 to 5; a later rating replaces it')
    .option('--registry <registry>', 'name in the settings, or address')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, stars: string, flags: RegistryFlags) => {
      const done = await rateServer(name, stars, flags, context);
      context.output.result(done, () => `${done.name} has ${done.stars} of 5 from you.`);
    });
}

const EXAMPLES = `
examples:
  mcpctl registry rate io.acme/weather 5`;
