import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { type LogoutFlags, logoutFlow } from '../../flows/auth/logout-flow.ts';
import { renderSignedOut } from '../../flows/auth/status-view.ts';

export function command(context: Context): Command {
  return new Command('logout')
    .description('Sign out: end the tokens at the server and forget them here')
    .argument('[server]', 'name in the manifest')
    .option('--all', 'of every server')
    .option('-y, --yes', 'sign out of all without asking')
    .option('--dry-run', 'show what would go and stop')
    .addHelpText('after', EXAMPLES)
    .action(async (server: string | undefined, flags: LogoutFlags) => {
      const signedOut = await logoutFlow(server, flags, context);
      const answer = { signedOut, dryRun: flags.dryRun ?? false };
      context.output.result(answer, (_answer, style) =>
        flags.dryRun
          ? `Would sign out of ${signedOut.map((row) => row.server).join(', ') || 'nothing'}. Nothing was done (--dry-run).`
          : renderSignedOut(signedOut, style),
      );
    });
}

const EXAMPLES = `
examples:
  mcpctl auth logout linear
  mcpctl auth logout --all --yes`;
