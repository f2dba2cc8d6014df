import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { type CallOptions, callServer } from '../flows/calls/call-server.ts';

export function command(context: Context): Command {
  return new Command('call')
    .description('Call a tool of a server and print its result')
    .argument('<server>', 'name in the manifest')
    .argument('<tool>', 'name of the tool')
    .argument('[arguments...]', 'key=value, or key:=json')
    .option('--args <json>', 'arguments as a JSON object, @file, or - for stdin')
    .option('--timeout <duration>', 'longest silence of the server, e.g. 30s; 60s unless set otherwise')
    .option('-o, --output <path>', 'save images, audio and files of the result there')
    .addHelpText('after', EXAMPLES)
    .action(async (server: string, tool: string, words: string[], options: CallOptions) => {
      await callServer({ server, tool, words, options, context });
    });
}

const EXAMPLES = `
key=value becomes what the tool's schema says (text, number, true/false, list); key:=json is taken as it is.

examples:
  mcpctl call filesystem list_directory path=.
  mcpctl call github search_issues query="is:open label:bug" perPage=5
  mcpctl call memory create_entities --args @entities.json
  mcpctl call everything get-tiny-image --output tiny.png`;
