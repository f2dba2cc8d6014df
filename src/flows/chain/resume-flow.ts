import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { readInputs } from '../../pipelines/format/inputs.ts';
import type { Pipeline } from '../../pipelines/format/pipeline.ts';
import { requirePipeline } from '../../pipelines/format/read-pipeline.ts';
import { journalFolder, readLines } from '../../pipelines/journal/files.ts';
import {
  boundOf,
  callsInDoubt,
  type FormerCall,
  historyOf,
  inputsOf,
  type RunHistory,
} from '../../pipelines/journal/history.ts';
import type { Vault } from '../../pipelines/journal/vault.ts';
import { planPipeline } from '../../pipelines/plan/plan.ts';
import { isCallOf } from '../../pipelines/run/perform.ts';
import type { RunReport } from '../../pipelines/run/ports.ts';
import { approvePlan, refuseBadPlan } from './approve-plan.ts';
import { openChainCalls } from './chain-calls.ts';
import { type InputFlags, readInputsFile } from './chain-flags.ts';
import { executeRun, withSettled } from './execute-run.ts';
import { openVault } from './journal-vault.ts';
import { withProgress } from './run-progress.ts';

export interface ResumeFlags extends InputFlags {
  readonly retryStep?: readonly string[];
  /** `step`, or `step=JSON` with what it answered. */
  readonly skipStep?: readonly string[];
  readonly yes?: boolean;
}

/**
 * Goes on with a run that was cut off or failed: what is done is not done again.
 * @throws PIPELINE_RUN_UNKNOWN, PIPELINE_RUN_OVER, PIPELINE_IN_DOUBT while nobody has decided about a write in doubt.
 */
export async function resumeFlow(run: string, flags: ResumeFlags, context: Context): Promise<RunReport> {
  const found = historyOf(run, await readLines(journalFolder(context.paths), run));
  refuseOver(found);
  const vault = await vaultFor(found, context);
  const settled = readSkips(flags.skipStep ?? [], found, vault);
  const history = withSettled(found, settled);
  const retried = readRetries(flags.retryStep ?? [], history);
  refuseInDoubt(history, retried);
  const read = await requirePipeline(history.file);
  if (read.digest !== history.digest) {
    context.output.note(`${history.file} was changed since: steps that would get other arguments are told.`);
  }
  const inputs = await inputsFor(read.pipeline, history, { flags, vault, context });
  const calls = await openChainCalls(run, context);
  try {
    const plan = await planPipeline(read, calls);
    refuseBadPlan(plan);
    await approvePlan(plan, flags.yes === true, context);
    const former = { history, decisions: { retried } };
    const options = { run, read, inputs, calls, vault, former, settled, signal: context.signal };
    return await withProgress(context.output, (tell) => executeRun({ ...options, machine: context, tell }));
  } finally {
    await calls.close();
  }
}

function refuseOver({ run, end, aborting, file }: RunHistory): void {
  const isUndone = aborting !== undefined && end === 'failed';
  if (end !== 'done' && !isUndone) return;
  const what = isUndone ? 'failed, and what it had done was taken back' : 'is done';
  throw new McpctlError('PIPELINE_RUN_OVER', `Run ${run} ${what}; there is nothing to resume.`, {
    hint: `mcpctl chain run ${file}`,
    data: { run },
  });
}

/** @throws PIPELINE_RUN_OVER when what was kept cannot be read. */
async function vaultFor(history: RunHistory, context: Context): Promise<Vault | string> {
  const { run, unsealed, inputs } = history;
  if (unsealed !== undefined) return unsealed;
  const vault = await openVault(context);
  if (typeof vault === 'string') {
    throw new McpctlError('PIPELINE_RUN_OVER', `What run ${run} kept cannot be read: ${vault}.`, {
      hint: 'The key is that of the audit log; it has to be where it was: mcpctl config show audit',
      data: { run },
    });
  }
  if (inputs === undefined || inputsOf(history, vault)) return vault;
  throw new McpctlError(
    'PIPELINE_RUN_OVER',
    `What run ${run} kept cannot be read any more: its user was forgotten.`,
    {
      hint: 'Begin a new run. What this one did is in the audit log: mcpctl audit query',
      data: { run },
    },
  );
}

/** Calls a person says are done. @throws USAGE */
function readSkips(
  words: readonly string[],
  history: RunHistory,
  vault: Vault | string,
): { call: string; answer?: string }[] {
  return words.flatMap((word) => {
    const [, name = '', text] = /^([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const calls = namedCalls(name, '--skip-step', history);
    return calls.map(({ call }) => ({
      call,
      ...(text !== undefined && { answer: sealedAnswer(text, { run: history.run, call, vault }) }),
    }));
  });
}

function readRetries(words: readonly string[], history: RunHistory): string[] {
  return words.flatMap((word) => namedCalls(word, '--retry-step', history).map(({ call }) => call));
}

function namedCalls(name: string, flag: string, history: RunHistory): FormerCall[] {
  const known = [...history.calls.values()];
  const doubtful = callsInDoubt(history);
  const exact = known.filter(({ call }) => call === name);
  const meant = exact.length > 0 ? exact : doubtful.filter(({ call }) => isCallOf(call, name));
  if (meant.length > 0) return meant;
  const names = (doubtful.length > 0 ? doubtful : known).map(({ call }) => call);
  throw new McpctlError('USAGE', `${flag} ${JSON.stringify(name)}: run ${history.run} made no such call.`, {
    hint: names.length === 0 ? 'It made none.' : `It made: ${names.join(', ')}`,
    data: { run: history.run, calls: names },
  });
}

function sealedAnswer(
  text: string,
  { run, call, vault }: { readonly run: string; readonly call: string; readonly vault: Vault | string },
): string {
  if (typeof vault === 'string') {
    throw new McpctlError('USAGE', `What ${call} answered cannot be kept: ${vault}.`, {
      hint: `Leave the answer out: --skip-step ${call}`,
    });
  }
  let structured: Json;
  try {
    structured = JSON.parse(text) as Json;
  } catch {
    throw new McpctlError('USAGE', `What follows --skip-step ${call}= is not JSON.`, {
      hint: `For example: --skip-step '${call}={"id": "ABC-1"}'`,
    });
  }
  return vault.seal(JSON.stringify({ structured, texts: [JSON.stringify(structured)] }), boundOf(run, call));
}

/** @throws PIPELINE_IN_DOUBT */
function refuseInDoubt(history: RunHistory, retried: readonly string[]): void {
  const doubtful = callsInDoubt(history).filter(({ call }) => !retried.includes(call));
  const [first] = doubtful;
  if (!first) return;
  const { run } = history;
  const told = doubtful.map(({ call, server, tool }) => `${call} (${server}.${tool})`);
  throw new McpctlError(
    'PIPELINE_IN_DOUBT',
    `Nobody knows whether ${told.join(', ')} of run ${run} did what ${doubtful.length > 1 ? 'they were' : 'it was'} asked. Nothing was called.`,
    {
      hint: [
        'Look there, then say which it is:',
        `mcpctl chain resume ${run} --skip-step ${first.call}     it was done (with its answer: --skip-step '${first.call}={…}')`,
        `mcpctl chain resume ${run} --retry-step ${first.call}    it was not: call it again`,
      ].join('\n'),
      data: { run, inDoubt: doubtful.map(({ call, server, tool }) => ({ call, server, tool })) },
    },
  );
}

async function inputsFor(
  pipeline: Pipeline,
  history: RunHistory,
  {
    flags,
    vault,
    context,
  }: { readonly flags: InputFlags; readonly vault: Vault | string; readonly context: Context },
): Promise<JsonObject> {
  const kept = typeof vault === 'string' ? undefined : inputsOf(history, vault);
  const given = await readInputsFile(flags.inputs, context);
  const known = Object.entries(kept ?? {}).filter(
    ([key, value]) => value !== null && Object.hasOwn(pipeline.inputs, key),
  );
  return await readInputs(pipeline, flags.input ?? [], { ...Object.fromEntries(known), ...given });
}
