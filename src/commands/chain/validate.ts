import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { ERROR_CODES } from '../../core/error-codes.ts';
import { validateFlow } from '../../flows/chain/validate-flow.ts';
import { renderCheck } from '../../flows/settings/check-view.ts';

export function command(context: Context): Command {
  return new Command('validate')
    .description('Check pipelines, and that the servers here offer what they call')
    .argument('<file...>', 'pipelines, YAML or JSON')
    .option('--offline', 'check the files alone and start no server')
    .option('--strict', 'count warnings as errors')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: { offline?: boolean; strict?: boolean }) => {
      const report = await validateFlow(files, flags, context);
      if (report.errors > 0 || (flags.strict && report.warnings > 0)) {
        context.exitWith(ERROR_CODES.PIPELINE_INVALID.exit);
      }
      context.output.result(report, renderCheck);
    });
}

const EXAMPLES = `
Every problem has its line and column. Servers are asked for their tools; none of these is called.

examples:
  mcpctl chain validate pr-to-linear.yaml
  mcpctl chain validate pipelines/*.yaml --offline --strict
  mcpctl chain validate pr-to-linear.yaml --json

exit status: 0 no errors, 3 errors (with --strict also warnings)`;
