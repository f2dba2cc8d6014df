import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { type ImportFlags, importFlow } from '../flows/clients/import-flow.ts';
import { importReport, renderImport } from '../flows/clients/import-view.ts';

export function command(context: Context): Command {
  return new Command('import')
    .description('Take the servers that clients already have into the manifest')
    .option('--client <id...>', 'from these clients only (mcpctl clients lists the ids)')
    .addOption(new Option('--scope <scope>', 'only files of this scope').choices(['user', 'project']))
    .addOption(
      new Option(
        '--store <place>',
        'where secrets found in the entries go; keychain unless set otherwise',
      ).choices(['keychain', 'env']),
    )
    .option('-y, --yes', 'import without asking, secrets included')
    .option('--dry-run', 'show what would be imported and write nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ImportFlags) => {
      const outcome = await importFlow(flags, context);
      context.output.result(importReport(outcome, flags.dryRun ?? false), renderImport);
    });
}

const EXAMPLES = `
examples:
  mcpctl import --dry-run                what the clients have
  mcpctl import                          take it over, after a question
  mcpctl import --client cursor --yes    from one client
  mcpctl import --store env              secrets go to .env of this folder`;
