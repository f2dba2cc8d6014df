import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { type DevFlags, devFlow } from '../flows/dev/dev-flow.ts';
import { devDocument, renderDev } from '../flows/dev/dev-view.ts';

export function command(context: Context): Command {
  return new Command('dev')
    .description(
      'Run a server while you write it: every change is built, checked and taken into open sessions',
    )
    .argument('[folder]', 'its project, with a package.json or pyproject.toml', '.')
    .option('--client <id...>', 'these clients have it as long as this runs (mcpctl clients lists the ids)')
    .option('--name <name>', 'what it is called meanwhile; the name of the folder by default')
    .option('-e, --env <NAME=value>', "set a variable, or refer to one: NAME='${NAME}'", collect, [])
    .option('--env-file <file>', 'take variables from this file instead of the .env of the project')
    .option('--arg <word>', 'pass a word to it; --arg=--stdio for one that begins with a hyphen', collect, [])
    .option('--no-build', 'do not run its build script')
    .option('--dry-run', 'show what would be run, watched and written')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, flags: DevFlags) => {
      const done = await devFlow(folder, flags, context);
      context.output.result(devDocument(done), () => renderDev(done));
    });
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

const EXAMPLES = `
A change that does not build or start is told and otherwise ignored: sessions keep the code they have. The server
stands in your manifest, and in the clients you name, until you press Ctrl-C; after a crash the next dev, sync or
doctor --fix takes it out.

examples:
  mcpctl dev                                    the project in this folder
  mcpctl dev ./weather --client claude-code     Claude Code calls it while you write it
  mcpctl dev ./orders -e 'DATABASE_URL=\${DATABASE_URL}' --arg=--stdio
  mcpctl dev --env-file ~/keys/orders.env       instead of .env, which is read where it is there
  mcpctl dev --dry-run`;
