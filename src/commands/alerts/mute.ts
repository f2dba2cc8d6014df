import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { mute } from '../../flows/alerts/mute-flow.ts';

export function command(context: Context): Command {
  return new Command('mute')
    .description('Tell nobody of a server or a rule for a while')
    .argument('<server-or-rule>', 'name of a server, or of a rule such as latency')
    .option('--for <duration>', 'e.g. 30m, 2h or 1d; until it is taken back when left out')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: { for?: string }) => {
      context.output.result(await mute(name, options.for, context), ({ until }) =>
        until === null
          ? `${name} is muted; take it back with: mcpctl alerts unmute ${name}`
          : `${name} is muted until ${until.slice(0, 19).replace('T', ' ')} UTC.`,
      );
    });
}

const EXAMPLES = `
What was told before is still told to be over. What fires when the time is over is told then.

examples:
  mcpctl alerts mute github --for 2h
  mcpctl alerts mute latency`;
