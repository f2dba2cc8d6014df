import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { CLIENT_IDS } from '../../clients/all.ts';
import { ERROR_CODES } from '../../core/error-codes.ts';
import { checkReport, renderCheck } from '../../flows/settings/check-view.ts';
import { checkConfiguration } from '../../settings/check.ts';

export function command(context: Context): Command {
  const { output, paths, cwd } = context;
  return new Command('validate')
    .description('Check manifests, lock files and settings')
    .argument('[file]', 'this file only; everything in force here when left out')
    .option('--strict', 'count warnings as errors')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, { strict = false }: { strict?: boolean }) => {
      const only = file === undefined ? {} : { file: resolve(cwd, file) };
      const report = checkReport(await checkConfiguration({ paths, cwd, clientIds: CLIENT_IDS, ...only }));
      if (report.errors > 0 || (strict && report.warnings > 0)) {
        context.exitWith(ERROR_CODES.MANIFEST_INVALID.exit);
      }
      output.result(report, renderCheck);
    });
}

const EXAMPLES = `
examples:
  mcpctl config validate
  mcpctl config validate .claude/claude_desktop_config.json --strict
  mcpctl config validate --json

exit status: 0 no errors, 3 errors (with --strict also warnings)`;
