import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { unmute } from '../../flows/alerts/mute-flow.ts';

export function command(context: Context): Command {
  return new Command('unmute')
    .description('Tell of a server or a rule again')
    .argument('<server-or-rule>', 'name that was muted')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string) => {
      context.output.result(await unmute(name, context), ({ wasMuted }) =>
        wasMuted ? `${name} is told of again.` : `${name} was not muted.`,
      );
    });
}

const EXAMPLES = `
examples:
  mcpctl alerts unmute github`;
