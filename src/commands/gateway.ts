import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import type { GatewayFlags } from '../flows/gateway/gateway-flags.ts';
import { runGateway } from '../flows/gateway/gateway-flow.ts';

export function command(context: Context): Command {
  return new Command('gateway')
    .description('Offer many servers as one, on stdin and stdout or over HTTP')
    .option('--server <name...>', 'offer only these; the names of a single one stay as they are')
    .addOption(new Option('--scope <scope>', 'whose servers').choices(['user', 'project']))
    .addOption(
      new Option('--mode <mode>', 'show every tool, or find_tools and call_tool instead').choices([
        'full',
        'search',
      ]),
    )
    .option('--profile <profile>', 'offer only what this profile of the settings has')
    .option('--http', 'listen for clients over HTTP instead')
    .option('--port <port>', 'with --http: the port; 0 takes any that is free')
    .option('--host <host>', 'with --http: an address of this machine to listen on', '127.0.0.1')
    .option('--no-token', 'with --http: let every program of this machine in')
    .addOption(
      new Option('--log-format <format>', 'of the log on stderr; text on a terminal, else json').choices([
        'text',
        'json',
      ]),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: GatewayFlags) => {
      await runGateway(flags, context);
    });
}

const EXAMPLES = `
With --http the address is printed on stdout as soon as clients can connect; everything else goes to stderr. Each client
shows a token: mcpctl gateway token

examples:
  mcpctl gateway                         for a client that starts its servers itself
  mcpctl gateway --server github linear
  mcpctl gateway --mode search           two tools instead of hundreds
  mcpctl gateway --profile work          a part of your servers and tools
  mcpctl gateway token --name laptop     make a token, shown once
  mcpctl gateway token --list            or --revoke laptop
  mcpctl gateway --http
  mcpctl gateway --http --port 9000 --json`;
