import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { refreshFlow, renderRefreshed } from '../../flows/auth/refresh-flow.ts';

export function command(context: Context): Command {
  return new Command('refresh')
    .description('Renew sign-ins now; they renew themselves while they are used')
    .argument('[server]', 'name in the manifest')
    .option('--all', 'every sign-in of this machine')
    .addHelpText('after', EXAMPLES)
    .action(async (server: string | undefined, flags: { readonly all?: boolean }) => {
      const refreshed = await refreshFlow(server, flags, context);
      const failed = refreshed.find(({ error }) => error)?.error;
      if (failed) context.exitWith(failed.exitStatus);
      const answer = refreshed.map(({ error, ...rest }) => ({
        ...rest,
        ...(error && { error: { code: error.code, message: error.message, hint: error.hint } }),
      }));
      context.output.result({ refreshed: answer }, (_answer, style) => renderRefreshed(refreshed, style));
    });
}

const EXAMPLES = `
examples:
  mcpctl auth refresh linear
  mcpctl auth refresh --all        weekly, by cron: vendors end sign-ins that are idle for 30 to 90 days

exit status: 0 all renewed; otherwise that of the first that failed`;
