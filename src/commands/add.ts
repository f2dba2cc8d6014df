import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { addFlow } from '../flows/servers/add-flow.ts';
import { addDocument, renderAdded } from '../flows/servers/add-view.ts';
import type { AddFlags } from '../flows/servers/specs-of.ts';
import { partWords } from '../servers/add/words.ts';
import { commandWords } from './shared/command-words.ts';

export function command(context: Context): Command {
  return new Command('add')
    .description('Add servers: find, install, check, and tell the clients')
    .argument('[server...]', 'catalog or registry name, npm:, pypi:, oci:, git+https://, path, URL or .mcpb')
    .option('--name <name>', 'what to call the server')
    .addOption(
      new Option('-s, --scope <scope>', 'whose manifest; user unless set otherwise').choices([
        'user',
        'project',
        'local',
      ]),
    )
    .option('-y, --yes', 'add without asking')
    .option('--dry-run', 'show the plan and stop')
    .option('--force', 'replace a server of the same name')
    .option('--no-verify', 'do not start the server; keys may be given later')
    .option('--no-sign-in', 'open no browser; sign in later with mcpctl auth login')
    .option('--no-sync', "leave the clients' files alone")
    .option('--client <id...>', 'tell these clients, installed or not (mcpctl clients lists the ids)')
    .option('--allow-scripts', 'run the install scripts the plan names')
    .option('--write', 'let the server change things where it can be limited to reading')
    .option('--via <way>', 'another way to reach a catalog server (mcpctl info lists them)')
    .addOption(new Option('--auth <kind>', 'how to sign in').choices(['oauth', 'api-key', 'none']))
    .option('--profile <name>', 'a variation of a catalog server')
    .option('--bin <program>', 'which program of the package is the server')
    .addOption(new Option('-t, --transport <kind>', 'of an address').choices(['http', 'sse', 'stdio']))
    .option('-e, --env <NAME=value>', "a variable, secrets as NAME='${NAME}'", collect, [])
    .option('-H, --header <header>', "a header, secrets as 'Authorization: Bearer ${NAME}'", collect, [])
    .option('--arg <argument>', 'a further argument of the server', collect, [])
    .option('--set <name=value>', 'a setting the plan asks for', collect, [])
    .addOption(
      new Option('--store <place>', 'where typed keys go; keychain unless set otherwise').choices([
        'keychain',
        'env',
      ]),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (_: string[], flags: AddFlags, own: Command) => {
      const { before, after } = commandWords(own);
      const result = await addFlow(partWords(before, after), flags, context);
      if (flags.dryRun) {
        context.output.result(
          { plans: result.plans.map(({ plan }) => plan) },
          () => 'Nothing was done (--dry-run).',
        );
        return;
      }
      const [first] = result.failed;
      if (first) context.exitWith(first.error.exitStatus);
      context.output.result(addDocument(result), (_document, style) => renderAdded(result, style));
    });
}

const EXAMPLES = `
examples:
  mcpctl add linear                                     a catalog server
  mcpctl add linear --auth api-key                      with a key instead of a browser
  mcpctl add memory filesystem --set folder=.           two at once
  mcpctl add npm:@playwright/mcp@0.0.83 pypi:mcp-server-time
  mcpctl add https://mcp.example.com/mcp --name example
  mcpctl add my-server -e KEY='\${KEY}' -- npx -y some-server --flag
  mcpctl add ./my-server ./bundle.mcpb git+https://host/owner/repository#v1
  mcpctl add postgres --dry-run                         only show the plan

exit status: 0 all added; otherwise that of the first server that failed`;

function collect(value: string, all: readonly string[]): string[] {
  return [...all, value];
}
