import type { Intent } from '../../../audit/row.ts';
import { claimsOf } from '../../../calls/tool-claims.ts';
import type { Context } from '../../../cli/context.ts';
import { asKnown, McpctlError } from '../../../core/errors.ts';
import { isRecord, type Json, type JsonObject } from '../../../core/json.ts';
import type { InnerCall } from '../../../gateway/hub/inner-server.ts';
import { RpcRefusal } from '../../../mcp/peer.ts';
import { checkArguments, findTool } from '../../../mcp/tool-arguments.ts';
import { readInputs } from '../../../pipelines/format/inputs.ts';
import { newRunName } from '../../../pipelines/journal/files.ts';
import { type Plan, planPipeline } from '../../../pipelines/plan/plan.ts';
import { answerFrom } from '../../../pipelines/run/answer.ts';
import type { CallResult, RunEvent, RunReport, StepCall } from '../../../pipelines/run/ports.ts';
import { refuseBadPlan } from '../approve-plan.ts';
import { executeRun } from '../execute-run.ts';
import { openVault } from '../journal-vault.ts';
import { writesOf } from '../plan-view.ts';
import { failureOf as failureOfRun } from '../report-view.ts';
import { failureOf, toolFailed } from '../step-failure.ts';
import type { PublishedPipeline } from './find-published.ts';

export interface AnswerOptions {
  /** Nobody is asked about its writes. */
  readonly isUnattended: boolean;
  readonly context: Context;
}

/**
 * Runs a published pipeline for a client. What goes wrong is a result that says so, with what to do: it says nothing
 * of the server the layers should mind.
 */
export async function answerCall(
  read: PublishedPipeline,
  inner: InnerCall,
  { isUnattended, context }: AnswerOptions,
): Promise<JsonObject> {
  const run = newRunName(context.now());
  try {
    const { pipeline } = read;
    const { signal } = inner.call;
    const given = inner.call.args();
    const inputs = await readInputs(pipeline, [], isRecord(given) ? (given as JsonObject) : {});
    const calls = callsThrough(run, inner);
    const plan = await planPipeline(read, {
      tools: calls.toolsOf,
      judge({ server, tool }) {
        const found = calls.toolNamed(server, tool);
        return { isAllowed: found === undefined || inner.isAllowed(server, found) };
      },
    });
    refuseBadPlan(plan);
    if (!isUnattended) await approve(plan, read, inner);
    const vault = await openVault(context);
    const tell = progressOf(pipeline.steps.length, inner);
    const { call, intentOf } = calls;
    const report = await executeRun({
      run,
      read,
      inputs,
      calls: { call, intentOf },
      vault,
      machine: context,
      signal,
      tell,
    });
    const failure = failureOfRun(report);
    return failure ? refusal(failure, run) : resultOf(report);
  } catch (error) {
    return refusal(asKnown(error));
  }
}

/** The calls of a run through the layers of the gateway, for the client that asked for it. */
function callsThrough(run: string, inner: InnerCall) {
  const known = new Map<string, Awaited<ReturnType<InnerCall['toolsOf']>>>();
  const toolNamed = (server: string, name: string) => known.get(server)?.find((tool) => tool.name === name);
  return {
    toolNamed,
    intentOf: ({ server, tool }: Pick<StepCall, 'server' | 'tool'>): Intent =>
      claimsOf(toolNamed(server, tool)?.annotations).intent,
    async toolsOf(server: string) {
      const tools = await inner.toolsOf(server);
      known.set(server, tools);
      return tools;
    },
    async call(step: StepCall): Promise<CallResult> {
      const { server, tool: name, args, signal, timeoutMs, isRepeatedHere } = step;
      let isSent = false;
      try {
        signal.throwIfAborted();
        await checkArguments(findTool(await inner.toolsOf(server), name, server), args);
        isSent = true;
        const result = await inner.through({
          server,
          tool: name,
          args,
          parent: run,
          signal,
          ...(timeoutMs !== undefined && { limits: { silenceMs: timeoutMs, totalMs: timeoutMs } }),
          ...(isRepeatedHere === true && { pausesMs: [] }),
        });
        if (result.isError === true) return { kind: 'failed', isSent, error: toolFailed(step, result) };
        return { kind: 'ok', answer: answerFrom(result) };
      } catch (error) {
        return failureOf(asKnown(error), isSent);
      }
    },
  };
}

/** Asks the client whether what may write is to be called. @throws PIPELINE_UNAPPROVED */
async function approve(plan: Plan, { path, pipeline }: PublishedPipeline, inner: InnerCall): Promise<void> {
  const writes = writesOf(plan);
  if (writes.length === 0) return;
  const { name } = pipeline.published;
  const answer = await inner
    .ask('elicitation/create', {
      message: `${name} may write: ${writes.join('; ')}. Run it?`,
      requestedSchema: {
        type: 'object',
        properties: { run: { type: 'boolean', title: 'Run it', description: 'Whether it may be run' } },
        required: ['run'],
      },
    })
    .catch((error: unknown) => {
      if (error instanceof RpcRefusal) return undefined;
      throw error;
    });
  if (answer?.action === 'accept' && isRecord(answer.content) && answer.content.run === true) return;
  const why = answer ? 'its user did not approve that' : 'its client cannot ask anybody';
  throw new McpctlError(
    'PIPELINE_UNAPPROVED',
    `${name} may write, and ${why}: ${writes.join('; ')}. Nothing was called.`,
    {
      hint: answer
        ? 'Ask for it again once it is wanted.'
        : `Run it in a terminal: mcpctl chain run ${path}, or let it write unasked: mcpctl config set pipelines.unattended '["${name}"]'`,
      data: { writes },
    },
  );
}

/** A notification for each step that is over. */
function progressOf(total: number, inner: InnerCall): (event: RunEvent) => void {
  let progress = 0;
  return (event) => {
    if (event.kind !== 'over') return;
    progress += 1;
    const { id, status, reason, error } = event.step;
    const why = error?.message ?? reason;
    inner.progress({ progress, total, message: `${id}: ${status}${why === undefined ? '' : ` (${why})`}` });
  };
}

const RUN_META = 'mcpctl/run';

function resultOf({ run, pipeline, outputs = {}, steps, warnings }: RunReport): JsonObject {
  const told = steps.map(({ id, status }) => `${id} ${status}`).join(', ');
  const hasOutputs = Object.keys(outputs).length > 0;
  const text = hasOutputs ? JSON.stringify(outputs, null, 2) : `${pipeline} is done: ${told}.`;
  return {
    content: [text, ...warnings].map((each) => ({ type: 'text', text: each })),
    ...(hasOutputs && { structuredContent: outputs }),
    _meta: { [RUN_META]: run },
  };
}

function refusal({ code, message, hint }: McpctlError, run?: string): JsonObject {
  const text = `${code}: ${message}${hint === undefined ? '' : `\n${hint}`}`;
  const facts: Json = { code, message, ...(hint !== undefined && { hint }) };
  return {
    content: [{ type: 'text', text }],
    isError: true,
    _meta: { 'mcpctl/error': facts, ...(run !== undefined && { [RUN_META]: run }) },
  };
}
