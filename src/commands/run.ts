import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { runForClient } from '../cli/run-for-client.ts';

export function command(context: Context): Command {
  return new Command('run')
    .description('Run one server of the manifest on stdin and stdout; this is what clients start')
    .argument('<server>', 'name in the manifest')
    .addHelpText('after', '\nExample:\n  mcpctl run github')
    .action((server: string) => runForClient(server, context));
}
