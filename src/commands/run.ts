import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { runForClient } from '../flows/calls/run-for-client.ts';
import type { SignInAllowed } from '../gateway/servers/open-server-tokens.ts';

export function command(context: Context): Command {
  return new Command('run')
    .description('Run one server of the manifest on stdin and stdout; this is what clients start')
    .argument('<server>', 'name in the manifest')
    .addOption(new Option('--scope <scope>', 'whose entry of that name').choices(['user', 'project']))
    .option('--sign-in', 'open the browser when the server wants a sign-in, or more permissions')
    .option('--store <store>', 'where such a sign-in is kept: keychain, file, helper:<program> or memory')
    .addHelpText('after', EXAMPLES)
    .action(async (server: string, { scope, signIn, store }: RunFlags) => {
      await runForClient(server, context, {
        ...(scope && { scope }),
        ...(signIn && { signIn: await signInAllowed(server, context, store) }),
      });
    });
}

/** Nobody can be asked on streams that carry messages: the browser opens, within the manifest's ceiling. */
async function signInAllowed(
  server: string,
  context: Context,
  store: string | undefined,
): Promise<SignInAllowed> {
  const { terminalPorts } = await import('../flows/auth/terminal-ports.ts');
  const silent = { browser: true, yes: true, canTalk: false, followsIssuer: true };
  const ports = terminalPorts(context, { server, ...silent });
  return { ports, ...(store !== undefined && { store }) };
}

interface RunFlags {
  readonly scope?: 'user' | 'project';
  readonly signIn?: boolean;
  readonly store?: string;
}

const EXAMPLES = `
Without --scope your own entry runs, and the project's only when you have none of that name: what a client starts
for you does not change because a cloned repository has a server of the same name.

examples:
  mcpctl run github
  mcpctl run docs --scope project   what the files shared with a project start
  mcpctl run linear --sign-in       for a client whose user sits at this machine`;
