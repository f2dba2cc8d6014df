import { Argument, Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { changeStatus, type StatusFlags } from '../../flows/registry/change-flows.ts';
import { STATUSES, type Status } from '../../marketplace/events.ts';

export function command(context: Context): Command {
  return new Command('status')
    .description('Say that a published server is active, deprecated or deleted')
    .argument('<name>', 'full name, as in io.acme/weather')
    .addArgument(new Argument('<status>', 'what it is from now on').choices(STATUSES))
    .option('--version <version>', 'this version alone; all by default')
    .option('--message <text>', 'why, for whoever uses it')
    .option('--replacement <name>', 'full name of the server to use instead')
    .option('--registry <registry>', 'name in the settings, or address')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, status: Status, flags: StatusFlags) => {
      const done = await changeStatus(name, status, flags, context);
      context.output.result(done, () => `${done.name} is ${done.status} at ${done.registry}`);
    });
}

const EXAMPLES = `
A deprecated server can still be added; who does is told the reason and the replacement. A deleted one is kept, shown to
nobody, and its versions cannot be published again.

examples:
  mcpctl registry status io.acme/weather deprecated --message "Use the new one." --replacement io.acme/forecast
  mcpctl registry status io.acme/weather deleted --version 1.0.1
  mcpctl registry status io.acme/weather active`;
