import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { type ApproveFlags, approveFlow } from '../flows/servers/approve-flow.ts';
import { renderApproved } from '../flows/servers/approve-view.ts';

export function command(context: Context): Command {
  return new Command('approve')
    .description('Look at tools that are not as they were locked, and accept them')
    .argument('[server]', 'name in the manifest')
    .option('--all', 'every locked server')
    .option('-y, --yes', 'accept without asking')
    .option('--dry-run', 'show what is different and stop')
    .addHelpText('after', EXAMPLES)
    .action(async (server: string | undefined, flags: ApproveFlags) => {
      const answer = await approveFlow(server, flags, context);
      context.output.result(answer, ({ servers }) =>
        servers.length === 0 ? 'No server is locked.' : servers.map(renderApproved).join('\n'),
      );
    });
}

const EXAMPLES = `
Tools that changed or appeared since their server was locked are withheld from clients: an update may have brought
them, or somebody who wants your agent to read other instructions. The lock keeps hashes, so the new text is shown,
not the old one. It counts for running sessions within a second; clients see the tools when they list them anew.

examples:
  mcpctl approve github
  mcpctl approve github --dry-run
  mcpctl approve --all --yes --json`;
