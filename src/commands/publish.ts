import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { type PublishFlags, publishFlow, renderPublished } from '../flows/registry/publish-flow.ts';

export function command(context: Context): Command {
  return new Command('publish')
    .description('Publish a server to a registry, with its bundle and where it came from')
    .argument('[folder]', 'folder with a server.json, or that file', '.')
    .option(
      '--registry <registry>',
      'name in the settings, or address; the one its namespace belongs to by default',
    )
    .option(
      '--file <bundle>',
      'the .mcpb to publish with it; one is packed where the folder has a manifest.json',
    )
    .option('--no-pack', 'pack no bundle')
    .option('--keep-packages', 'also list the other packages of server.json beside the bundle')
    .option('--no-test', 'do not test the server of the folder before')
    .option('--dry-run', 'show what would be published and send nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, flags: PublishFlags) => {
      context.output.result(await publishFlow(folder, flags, context), renderPublished);
    });
}

const EXAMPLES = `
The server of the folder is tested first, as by mcpctl test-server. A version is published once and never changes. The token comes from the settings of the registry, or from the variable
MCPCTL_REGISTRY_TOKEN.

examples:
  mcpctl publish --dry-run                     test, pack and show what would be sent
  mcpctl publish ./my-server --file ./my-server.mcpb
  mcpctl publish --registry https://registry.acme.example`;
