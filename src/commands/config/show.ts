import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { renderConfiguration, shownConfiguration } from '../../flows/settings/config-view.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('show')
    .description('Show what is in force here, and where each part comes from')
    .option('--schema', 'print the JSON Schema of settings files, for editors')
    .addHelpText('after', EXAMPLES)
    .action(async ({ schema = false }: { schema?: boolean }) => {
      if (schema) {
        const { settingsJsonSchema } = await import('../../settings/json-schema.ts');
        output.result(settingsJsonSchema(), (document) => JSON.stringify(document, null, 2));
        return;
      }
      output.result(await shownConfiguration(context), renderConfiguration);
    });
}

const EXAMPLES = `
Secrets are never shown.

examples:
  mcpctl config show
  mcpctl config show --json
  mcpctl config show --schema > settings.schema.json`;
