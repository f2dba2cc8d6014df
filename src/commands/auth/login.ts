import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { type LoginFlags, loginFlow } from '../../flows/auth/login-flow.ts';
import { dryLogin, renderDryLogin } from '../../flows/auth/login-plan.ts';
import { renderSignedIn } from '../../flows/auth/login-view.ts';

export function command(context: Context): Command {
  return new Command('login')
    .description('Sign in to a server with the browser, once')
    .argument('<server>', 'name in the manifest')
    .option('--store <place>', 'keychain, file, memory, or helper:<program>; keychain unless set otherwise')
    .option('--no-browser', 'print the address instead of opening it, and take the answer pasted')
    .option('--device', 'with a code typed on another device, where the server has such codes')
    .option('--scope <scopes>', 'these permissions, by commas, within those of the manifest', list)
    .option('--client-id <id>', 'of an app registered by hand; kept for the next time in the manifest')
    .option('--reregister', 'register as a client anew: the server forgot the old one')
    .option('--timeout <duration>', 'how long to wait for the browser; 5m unless given')
    .option('-y, --yes', 'accept the permissions without asking')
    .option('--dry-run', 'show where, as whom and for what; open and store nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (server: string, flags: LoginFlags & { readonly dryRun?: boolean }) => {
      if (flags.dryRun) {
        context.output.result(await dryLogin(server, flags, context), renderDryLogin);
        return;
      }
      context.output.result(await loginFlow(server, flags, context), renderSignedIn);
    });
}

const EXAMPLES = `
examples:
  mcpctl auth login linear
  mcpctl auth login linear --scope read              fewer permissions than the manifest allows
  mcpctl auth login github --device                  type a code on your phone
  mcpctl auth login notion --no-browser              over SSH: open the address anywhere, paste where it ends
  mcpctl auth login linear --store file              where there is no keychain
  mcpctl auth login supabase --reregister            the browser says that the client is unknown`;

function list(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}
