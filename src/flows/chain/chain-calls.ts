import type { Intent } from '../../audit/row.ts';
import type { ToolCall } from '../../calls/tool-call.ts';
import { claimsOf, describedTool } from '../../calls/tool-claims.ts';
import { carriedTrace, traceOf } from '../../calls/trace.ts';
import type { Context } from '../../cli/context.ts';
import { asKnown } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { neverSent } from '../../core/never-sent.ts';
import { checkArguments, findTool } from '../../mcp/tool-arguments.ts';
import type { PlanPorts } from '../../pipelines/plan/plan.ts';
import { answerFrom } from '../../pipelines/run/answer.ts';
import type { CallResult, RunPorts, StepCall } from '../../pipelines/run/ports.ts';
import { readSettings } from '../../settings/read.ts';
import { openCallPath } from '../calls/call-path.ts';
import { createChainServers } from './chain-servers.ts';
import { failureOf, toolFailed } from './step-failure.ts';

/** The servers of a pipeline and the layers its calls pass. */
export interface ChainCalls extends PlanPorts, Pick<RunPorts, 'call' | 'intentOf'> {
  close(): Promise<void>;
}

/** `run` stands in the audit log for every call. */
export async function openChainCalls(run: string, context: Context): Promise<ChainCalls> {
  const { settings } = await readSettings(context);
  const { callMs, toolMs, slowToolMs } = settings.timeouts;
  const claims = new Map<string, Intent>();
  const root = carriedTrace(traceOf(undefined));
  const servers = createChainServers(
    {
      timeoutMs: callMs,
      opened(name, { isRemote, locked, tools, instance }) {
        path.know(name, { isRemote, locked, tools, instance });
        for (const tool of tools) claims.set(`${name} ${tool.name}`, claimsOf(tool.annotations).intent);
      },
    },
    context,
  );
  const path = await openCallPath({
    settings,
    via: 'chain',
    context,
    async describe(server, name) {
      const found = await servers.open(server).catch(() => undefined);
      const tool = found?.tools.find((one) => one.name === name);
      return tool && describedTool(tool);
    },
  });
  /** The layers mind the time; a conversation of its own must not give up before they do. */
  const send = async ({ server, tool, args, signal, limits, life }: ToolCall, sent: () => void) => {
    const opened = await servers.open(server).catch((error: unknown) => {
      throw neverSent(asKnown(error));
    });
    sent();
    opened.underWay.add(life);
    try {
      const given = args();
      const params = { name: tool, arguments: isRecord(given) ? (given as JsonObject) : {} };
      return await opened.session.request('tools/call', params, {
        signal,
        timeoutMs: Math.max(callMs, toolMs, slowToolMs, limits?.silenceMs ?? 0),
        ...(limits && { totalMs: limits.totalMs }),
        onProgress() {
          life.heardAt = performance.now();
        },
      });
    } catch (error) {
      if (GONE.has(asKnown(error).code)) servers.drop(server, opened);
      throw error;
    } finally {
      opened.underWay.delete(life);
    }
  };

  const call = async (step: StepCall): Promise<CallResult> => {
    const { server, tool: name, args, signal, timeoutMs, isRepeatedHere } = step;
    let isSent = false;
    try {
      signal.throwIfAborted();
      const { session, tools } = await servers.open(server);
      const tool = findTool(tools, name, server);
      await checkArguments(tool, args);
      const result = await path.call({
        server,
        tool,
        values: args,
        session,
        trace: traceOf({ params: { _meta: root } }),
        parent: run,
        signal,
        ...(timeoutMs !== undefined && { limits: { silenceMs: timeoutMs, totalMs: timeoutMs } }),
        ...(isRepeatedHere === true && { pausesMs: [] }),
        send: async (attempt) =>
          await send(attempt, () => {
            isSent = true;
          }),
      });
      if (result.isError === true) return { kind: 'failed', isSent: true, error: toolFailed(step, result) };
      return { kind: 'ok', answer: answerFrom(result) };
    } catch (error) {
      return failureOf(asKnown(error), isSent);
    }
  };

  return {
    call,
    tools: async (server) => (await servers.open(server)).tools,
    judge: (subject) => path.judge(subject),
    intentOf: ({ server, tool }) => claims.get(`${server} ${tool}`) ?? 'unknown',
    async close() {
      await path.close();
      await servers.close();
    },
  };
}

/** Failures after which a conversation is over. */
const GONE = new Set<string>(['SERVER_EXITED', 'SERVER_UNREACHABLE', 'SERVER_PROTOCOL', 'SERVER_TIMEOUT']);
