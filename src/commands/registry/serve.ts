import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { type ServeFlags, serveFlow } from '../../flows/registry/serve-flow.ts';

export function command(context: Context): Command {
  return new Command('serve')
    .description('Serve an MCP registry of your own: its API, its files and a page to look around')
    .option('--port <port>', 'the port; 0 takes any that is free')
    .option('--host <host>', 'an address of this machine to listen on', '127.0.0.1')
    .option('--data <folder>', 'where it keeps everything; a folder of its own in the data folder by default')
    .option('--public-url <url>', 'where clients reach it, when a proxy stands before it')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ServeFlags) => {
      await serveFlow(flags, context);
    });
}

const EXAMPLES = `
The address is printed on stdout as soon as clients can connect. Anybody who can connect may read; who publishes shows
a token: mcpctl registry token

examples:
  mcpctl registry serve
  mcpctl registry serve --port 0 --data ./registry --json
  mcpctl registry token --name ci --namespace 'io.acme/*'
  mcpctl registry serve --host 0.0.0.0 --public-url https://registry.acme.example`;
