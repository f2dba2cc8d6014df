import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { failureOf, renderReport } from '../../flows/chain/report-view.ts';
import { type ResumeFlags, resumeFlow } from '../../flows/chain/resume-flow.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('resume')
    .description('Go on with a run that was cut off or failed; what is done is not done again')
    .argument('<run>', 'name of the run, as chain list shows it')
    .option('--retry-step <step>', 'call a step in doubt again', collect, [])
    .option('--skip-step <step[=json]>', 'count a step in doubt as done, with what it answered', collect, [])
    .option('-i, --input <key=value>', 'an input, where the journal could not keep them', collect, [])
    .option('--inputs <file>', 'inputs from a JSON or YAML file, or - for stdin')
    .option('-y, --yes', 'do not ask before calls that may write')
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, flags: ResumeFlags) => {
      const report = await resumeFlow(run, flags, context);
      for (const warning of report.warnings) output.warn(warning);
      const failure = failureOf(report);
      if (failure) throw failure;
      output.result(report, (_, style) => renderReport(report, style));
    });
}

const EXAMPLES = `
A write that had begun when its run was cut off is in doubt: nobody knows whether it was done. Look there, then say
which it is. Steps are named as chain list names them: create, or create:3 for the fourth item of a loop.

examples:
  mcpctl chain list
  mcpctl chain resume 20261130-091500-a1b2c3
  mcpctl chain resume 20261130-091500-a1b2c3 --retry-step create
  mcpctl chain resume 20261130-091500-a1b2c3 --skip-step 'create={"id": "ABC-12"}' --yes`;

function collect(value: string, all: readonly string[]): string[] {
  return [...all, value];
}
