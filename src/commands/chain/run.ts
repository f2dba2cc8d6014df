import { Command, Option } from 'commander';
import type { Context } from '../../cli/context.ts';
import type { RunFlags } from '../../flows/chain/chain-flags.ts';
import { planExit } from '../../flows/chain/plan-exit.ts';
import { planDocument, renderMermaid, renderPlan } from '../../flows/chain/plan-view.ts';
import { failureOf, renderReport } from '../../flows/chain/report-view.ts';
import { runFlow } from '../../flows/chain/run-flow.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('run')
    .description('Run a pipeline: calls of tools that hand on what they answer')
    .argument('[file]', 'the pipeline, YAML or JSON, or its name where it is here or published')
    .option('-i, --input <key=value>', 'an input; key:=json is taken as it is', collect, [])
    .option('--inputs <file>', 'inputs from a JSON or YAML file, or - for stdin')
    .addOption(new Option('--dry-run [what]', 'show the plan and call nothing; reads: call only what reads'))
    .addOption(new Option('--graph [format]', 'draw the plan and call nothing: text or mermaid'))
    .option('-y, --yes', 'do not ask before calls that may write')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, flags: RunFlags) => {
      const answer = await runFlow(file, flags, context);
      if (answer.kind === 'plan') {
        const { plan, graph } = answer;
        context.exitWith(planExit(plan));
        output.result(planDocument(plan), (_, style) =>
          graph === 'mermaid' ? renderMermaid(plan) : renderPlan(plan, style, output.width),
        );
        return;
      }
      const { report } = answer;
      for (const warning of report.warnings) output.warn(warning);
      const failure = failureOf(report);
      if (failure) throw failure;
      output.result(report, (_, style) => renderReport(report, style));
    });
}

const EXAMPLES = `
What may write is shown and asked for first; without a terminal it needs --yes, and nothing is called otherwise.
Each call is written to a journal before it leaves, so that a run that was cut off goes on: mcpctl chain resume.

examples:
  mcpctl chain run pr-to-linear.yaml --dry-run
  mcpctl chain run pr-to-linear.yaml -i owner=octocat -i repo=hello -i number:=42
  mcpctl chain run digest.yaml --inputs inputs.json --yes --json
  mcpctl chain run report.yaml --dry-run=reads
  mcpctl chain run report.yaml --graph=mermaid

exit status: 0 done, 1 a step failed, 3 the pipeline is not valid, 5 a write is in doubt, 6 not approved`;

function collect(value: string, all: readonly string[]): string[] {
  return [...all, value];
}
