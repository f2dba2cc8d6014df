import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import type { NewServerFlags } from '../flows/scaffold/flags.ts';
import { newServerFlow } from '../flows/scaffold/new-server-flow.ts';
import { newServerDocument, renderNewServer } from '../flows/scaffold/new-server-view.ts';
import { ACCESSES } from '../scaffold/access.ts';
import { LICENCES, TRANSPORTS } from '../scaffold/answers.ts';
import { LANGUAGES } from '../scaffold/languages.ts';
import { VARIANTS } from '../scaffold/variants.ts';

export function command(context: Context): Command {
  return new Command('new-server')
    .description('Make a new MCP server: with tests, and the files a container and the registry ask for')
    .argument('[folder]', 'folder to make; its last part is the name of the server')
    .addOption(
      new Option('-l, --language <language>', 'language of the server').choices(
        LANGUAGES.map(({ id }) => id),
      ),
    )
    .addOption(new Option('-w, --wraps <what>', 'what it offers').choices(VARIANTS.map(({ id }) => id)))
    .addOption(new Option('-t, --transport <kind>', 'what it starts with; it has both').choices(TRANSPORTS))
    .addOption(
      new Option('--auth <kind>', 'how callers over HTTP show who they are').choices(
        ACCESSES.map(({ id }) => id),
      ),
    )
    .addOption(new Option('--license <licence>', 'its licence').choices(LICENCES))
    .option('--title <text>', 'its name for people')
    .option('--description <text>', 'what it does, in one sentence')
    .option('--author <name>', 'who wrote it; what git says by default')
    .option('--namespace <name>', 'first part of its name in the MCP registry, e.g. io.github.you')
    .option('--api-url <url>', 'where the wrapped API begins')
    .option('--program <name>', 'the wrapped command-line program')
    .option('--openapi <file or url>', 'the document of the API; each operation becomes a tool')
    .option('--operations <names>', 'only these, by tool name or as "GET /path", separated by commas')
    .option('-y, --yes', 'ask nothing; take the defaults')
    .option('--git', 'make it a git repository')
    .option('--install', 'install its packages, build it and run its tests')
    .option('--add', 'add it to the manifest and tell the clients; installs it first')
    .option('--force', 'write into a folder that is not empty; files of the same names are replaced')
    .option('--dry-run', 'list the files and stop')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string | undefined, flags: NewServerFlags) => {
      const made = await newServerFlow(folder, flags, context);
      context.output.result(newServerDocument(made, context.cwd), (_document, style) =>
        renderNewServer(made, style, context.cwd),
      );
    });
}

const EXAMPLES = `
examples:
  mcpctl new-server                                     asks everything
  mcpctl new-server my-server --yes --install           an example that works, in a minute
  mcpctl new-server orders --wraps postgres --yes --add
  mcpctl new-server weather --language python --yes --install
  mcpctl new-server crm --api-url https://crm.example.com/api --yes
  mcpctl new-server pets --openapi ./openapi.yaml --operations listPets,"GET /pets/{id}" --yes
  mcpctl new-server tools/mine --transport http --auth oauth --yes --dry-run`;
