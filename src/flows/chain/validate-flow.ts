import type { Context } from '../../cli/context.ts';
import { createReport, type Problem } from '../../manifest/problem.ts';
import type { Pipeline } from '../../pipelines/format/pipeline.ts';
import { type ReadPipeline, readPipeline } from '../../pipelines/format/read-pipeline.ts';
import { newRunName } from '../../pipelines/journal/files.ts';
import { type PlannedStep, planPipeline } from '../../pipelines/plan/plan.ts';
import type { CheckReport } from '../settings/check-view.ts';
import { openChainCalls } from './chain-calls.ts';
import { pipelineFile } from './pipeline-file.ts';

/** Judges pipelines: what their files say, and unless `offline`, whether the servers here offer what they call. */
export async function validateFlow(
  files: readonly string[],
  { offline = false }: { readonly offline?: boolean },
  context: Context,
): Promise<CheckReport> {
  const reads: ReadPipeline[] = [];
  for (const file of files) reads.push(await readPipeline(await pipelineFile(file, context)));
  const problems: Problem[] = [];
  for (const read of reads) {
    const { pipeline } = read;
    const asked = pipeline && !offline ? await askServers({ ...read, pipeline }, context) : [];
    problems.push(...[...read.problems, ...asked].sort((a, b) => a.line - b.line || a.column - b.column));
  }
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return {
    files: reads.map(({ path }) => ({ path, kind: 'pipeline', exists: true })),
    problems,
    errors,
    warnings: problems.length - errors,
  };
}

async function askServers(
  read: ReadPipeline & { readonly pipeline: Pipeline },
  context: Context,
): Promise<Problem[]> {
  const calls = await openChainCalls(newRunName(context.now()), context);
  try {
    const plan = await planPipeline(read, calls);
    const problems = [...plan.problems];
    const report = createReport(read.path, read.document, problems);
    for (const { name, error } of plan.servers) {
      const index = plan.steps.findIndex(({ server }) => server === name);
      if (!error) continue;
      report.add({
        code: error.code,
        severity: 'warning',
        message: `what is called of ${name} could not be checked: ${error.message.replace(/\.$/, '')}`,
        hint: error.hint ?? `mcpctl doctor ${name}`,
        path: index < 0 ? ['steps'] : ['steps', index, 'call'],
      });
    }
    for (const [index, step] of plan.steps.entries()) {
      for (const denied of deniedIn(step)) {
        report.add({
          code: 'TOOL_DENIED',
          severity: 'warning',
          message: `the rule "${denied.rule}" of policy forbids ${denied.call}`,
          hint: 'See policy in the settings: mcpctl config show',
          path: ['steps', index, 'call'],
        });
      }
    }
    return problems;
  } finally {
    await calls.close();
  }
}

function deniedIn({ fallback, compensate, ...step }: PlannedStep): { call: string; rule: string }[] {
  return [step, fallback, compensate].flatMap((call) =>
    call?.denied === undefined ? [] : [{ call: `${call.server}.${call.tool}`, rule: call.denied }],
  );
}
