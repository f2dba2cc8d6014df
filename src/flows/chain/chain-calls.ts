import type { Intent } from '../../audit/row.ts';
import { isUnsent } from '../../calls/failure.ts';
import { claimsOf } from '../../calls/tool-claims.ts';
import { carriedTrace, traceOf } from '../../calls/trace.ts';
import type { Context } from '../../cli/context.ts';
import { plainText } from '../../cli/terminal-text.ts';
import { asKnown, McpctlError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { type OpenServer, openServer } from '../../gateway/servers/open-server.ts';
import { checkArguments, findTool } from '../../mcp/tool-arguments.ts';
import { listTools, type Tool } from '../../mcp/tools.ts';
import type { PlanPorts } from '../../pipelines/plan/plan.ts';
import { answerFrom } from '../../pipelines/run/answer.ts';
import type { CallResult, RunPorts, StepCall } from '../../pipelines/run/ports.ts';
import { readSettings } from '../../settings/read.ts';
import { openCallPath } from '../calls/call-path.ts';
import { elicit } from '../calls/elicitation.ts';

/** The servers of a pipeline, each started when it is first needed, and the layers its calls pass. */
export interface ChainCalls extends PlanPorts, Pick<RunPorts, 'call' | 'intentOf'> {
  close(): Promise<void>;
}

interface Opened extends OpenServer {
  readonly tools: readonly Tool[];
}

/** `run` stands in the audit log for every call. */
export async function openChainCalls(run: string, context: Context): Promise<ChainCalls> {
  const { settings } = await readSettings(context);
  const path = openCallPath(settings, 'chain', context);
  const opened = new Map<string, Promise<Opened>>();
  const claims = new Map<string, Intent>();
  const root = carriedTrace(traceOf(undefined));

  const open = async (server: string): Promise<Opened> => {
    const { prompt, output } = context;
    const found = await openServer({
      server,
      machine: context,
      timeoutMs: settings.timeouts.callMs,
      note: (text) => output.note(text),
      ...(prompt.canAsk && {
        handlers: { elicit: async (params: JsonObject) => await elicit(params, server, prompt) },
      }),
      ...(output.verbose && { tell: (text: string) => output.note(text) }),
    });
    const tools = await listTools(found.session, server);
    path.know(server, { isRemote: found.isRemote, locked: found.locked, tools });
    for (const tool of tools) claims.set(`${server} ${tool.name}`, claimsOf(tool.annotations).intent);
    return { ...found, tools };
  };
  const openOnce = (server: string): Promise<Opened> => {
    const known = opened.get(server);
    if (known) return known;
    const opening = open(server).catch((error: unknown) => {
      opened.delete(server);
      throw error;
    });
    opened.set(server, opening);
    return opening;
  };
  /** The next call starts it anew. */
  const drop = (server: string, { session }: Opened): void => {
    opened.delete(server);
    session.close().catch(() => {});
  };

  const call = async (step: StepCall): Promise<CallResult> => {
    const { server, tool: name, args, signal, timeoutMs } = step;
    let isSent = false;
    let used: Opened | undefined;
    try {
      signal.throwIfAborted();
      used = await openOnce(server);
      const { session, tools } = used;
      const tool = findTool(tools, name, server);
      await checkArguments(tool, args);
      const limits = timeoutMs === undefined ? {} : { timeoutMs, totalMs: timeoutMs };
      const trace = traceOf({ params: { _meta: root } });
      const result = await path.call({
        server,
        tool,
        values: args,
        session,
        trace,
        parent: run,
        signal,
        async send() {
          isSent = true;
          return await session.request('tools/call', { name, arguments: args }, { signal, ...limits });
        },
      });
      if (result.isError === true) return { kind: 'failed', isSent, error: toolFailed(step, result) };
      return { kind: 'ok', answer: answerFrom(result) };
    } catch (error) {
      const known = asKnown(error);
      if (used && GONE.has(known.code)) drop(server, used);
      return failureOf(known, isSent);
    }
  };

  return {
    call,
    tools: async (server) => (await openOnce(server)).tools,
    judge: (subject) => path.judge(subject),
    intentOf: ({ server, tool }) => claims.get(`${server} ${tool}`) ?? 'unknown',
    async close() {
      await path.close();
      const sessions = await Promise.allSettled(opened.values());
      await Promise.all(sessions.map((one) => one.status === 'fulfilled' && one.value.session.close()));
    },
  };
}

/** Failures after which a conversation is over. */
const GONE = new Set<string>(['SERVER_EXITED', 'SERVER_UNREACHABLE', 'SERVER_PROTOCOL', 'SERVER_TIMEOUT']);
/** The server answered, with a refusal. */
const ANSWERED = new Set<string>(['SERVER_ERROR', 'SIGN_IN_NEEDED', 'SCOPE_REFUSED']);

function failureOf(error: McpctlError, isSent: boolean): CallResult {
  if (!isSent) return { kind: 'failed', error, isSent };
  if (ANSWERED.has(error.code) || isRefusal(error)) return { kind: 'failed', error, isSent };
  // Of a call that could not be recorded the log says that it was not sent, whatever it was.
  if (isUnsent(error) && error.code !== 'AUDIT_UNWRITABLE') return { kind: 'failed', error, isSent: false };
  return { kind: 'unknown', error };
}

/** An HTTP status that says the request was not carried out. */
function isRefusal({ data }: McpctlError): boolean {
  const status = data?.status;
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 408;
}

const LONGEST_REASON = 2000;

function toolFailed({ server, tool }: StepCall, result: JsonObject): McpctlError {
  const text = plainText(answerFrom(result).texts.join('\n')).trim() || 'it gave no reason';
  const reason = text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text;
  return new McpctlError('CALL_FAILED', `${tool} of ${server} failed: ${reason}`, {
    hint: `See what it takes: mcpctl tools ${server} ${tool}`,
    data: { server, tool },
  });
}
