import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { counted } from '../../core/counted.ts';
import { type ConnectFlags, connectFlow } from '../../flows/registry/connect-flow.ts';

export function command(context: Context): Command {
  return new Command('connect')
    .description('Let add and search find servers in a registry of your own')
    .argument('<url>', 'address of the registry')
    .option('--name <name>', 'what you call it; made of its address by default')
    .option('--namespace <pattern...>', "names that come from it or from nowhere, such as 'io.acme/*'")
    .option('--token <reference>', "the token it wants, as '${keychain:REGISTRY_TOKEN}'")
    .option('--first', 'ask it before the others')
    .option('--no-verify', 'do not ask it whether it is a registry')
    .option('--dry-run', 'show what would be set and write nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (url: string, flags: ConnectFlags) => {
      context.output.result(
        await connectFlow(url, flags, context),
        ({ registry, path, order, written, servers }) =>
          [
            `${registry.name} ${written ? 'is' : 'would be'} set in ${path}`,
            `registries are asked in this order: ${[...order, 'the public one'].join(', ')}`,
            ...(servers === undefined ? [] : [`mcpctl search finds its ${counted(servers, 'server')}`]),
            ...(registry.namespaces ?? []).map((one) => `${one} comes from ${registry.name} alone`),
          ].join('\n'),
      );
    });
}

const EXAMPLES = `
examples:
  mcpctl registry connect https://registry.acme.example --name acme --namespace 'io.acme/*'
  mcpctl secret set REGISTRY_TOKEN
  mcpctl registry connect http://127.0.0.1:7800 --token '\${keychain:REGISTRY_TOKEN}'`;
