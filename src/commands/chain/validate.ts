import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { ERROR_CODES } from '../../core/error-codes.ts';
import { McpctlError } from '../../core/errors.ts';
import { validateFlow } from '../../flows/chain/validate-flow.ts';
import { renderCheck } from '../../flows/settings/check-view.ts';

export function command(context: Context): Command {
  return new Command('validate')
    .description('Check pipelines, and that the servers here offer what they call')
    .argument('[file...]', 'pipelines, YAML or JSON')
    .option('--offline', 'check the files alone and start no server')
    .option('--strict', 'count warnings as errors')
    .option('--schema', 'print the JSON Schema of pipelines, for editors')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: { offline?: boolean; strict?: boolean; schema?: boolean }) => {
      if (flags.schema) {
        const { pipelineJsonSchema } = await import('../../pipelines/format/json-schema.ts');
        context.output.result(pipelineJsonSchema(), (document) => JSON.stringify(document, null, 2));
        return;
      }
      if (files.length === 0) throw noFile();
      const report = await validateFlow(files, flags, context);
      if (report.errors > 0 || (flags.strict && report.warnings > 0)) {
        context.exitWith(ERROR_CODES.PIPELINE_INVALID.exit);
      }
      context.output.result(report, renderCheck);
    });
}

function noFile(): McpctlError {
  return new McpctlError('USAGE', 'There is no file to check.', { hint: 'mcpctl chain validate FILE' });
}

const EXAMPLES = `
Every problem has its line and column. Servers are asked for their tools; none of these is called.

examples:
  mcpctl chain validate pr-to-linear.yaml
  mcpctl chain validate pipelines/*.yaml --offline --strict
  mcpctl chain validate pr-to-linear.yaml --json
  mcpctl chain validate --schema > pipeline.schema.json

exit status: 0 no errors, 3 errors (with --strict also warnings)`;
