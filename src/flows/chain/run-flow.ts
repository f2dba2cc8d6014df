import type { Context } from '../../cli/context.ts';
import { requirePipeline } from '../../pipelines/format/read-pipeline.ts';
import { newRunName } from '../../pipelines/journal/files.ts';
import { type Plan, planPipeline } from '../../pipelines/plan/plan.ts';
import type { RunReport } from '../../pipelines/run/ports.ts';
import { approvePlan, refuseBadPlan } from './approve-plan.ts';
import { inputsOf } from './ask-inputs.ts';
import { openChainCalls } from './chain-calls.ts';
import { type RunFlags, readInputsFile, readRunFlags } from './chain-flags.ts';
import { executeReads, executeRun } from './execute-run.ts';
import { openVault } from './journal-vault.ts';
import { pipelineFile } from './pipeline-file.ts';
import { pruneOldRuns } from './prune-flow.ts';
import { withProgress } from './run-progress.ts';

/** What `chain run` has to say. */
export type RunAnswer =
  | { readonly kind: 'plan'; readonly plan: Plan; readonly graph: 'text' | 'mermaid' }
  | { readonly kind: 'run'; readonly report: RunReport };

/**
 * Plans a pipeline and, unless only the plan is wanted, runs it once its writes are approved.
 * @throws PIPELINE_INVALID, CALL_ARGUMENTS, PIPELINE_UNAPPROVED, TOOL_DENIED before anything was called.
 */
export async function runFlow(
  file: string | undefined,
  flags: RunFlags,
  context: Context,
): Promise<RunAnswer> {
  const wish = readRunFlags(file, flags);
  const read = await requirePipeline(await pipelineFile(wish.file, context));
  const { pipeline } = read;
  const inputs =
    wish.mode === 'plan'
      ? {}
      : await inputsOf(pipeline, flags.input ?? [], {
          given: await readInputsFile(flags.inputs, context),
          context,
        });
  const run = newRunName(context.now());
  const calls = await openChainCalls(run, context);
  try {
    const plan = await planPipeline(read, calls);
    if (wish.mode === 'plan') return { kind: 'plan', plan, graph: wish.graph ?? 'text' };
    refuseBadPlan(plan);
    const options = { run, read, inputs, calls, machine: context, signal: context.signal };
    if (wish.mode === 'reads') {
      const report = await withProgress(context.output, (tell) =>
        executeReads({ ...options, vault: 'nothing is kept', tell }),
      );
      return { kind: 'run', report };
    }
    await approvePlan(plan, flags.yes === true, context);
    const vault = await openVault(context);
    if (typeof vault === 'string') {
      context.output.note(
        `The journal keeps no answers (${vault}): a run that is cut off resumes with gaps. To keep them: mcpctl config set audit.key file`,
      );
    }
    await pruneOldRuns(context);
    const report = await withProgress(context.output, (tell) => executeRun({ ...options, vault, tell }));
    return { kind: 'run', report };
  } finally {
    await calls.close();
  }
}
