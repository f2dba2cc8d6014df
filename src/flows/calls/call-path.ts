import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { implementationOf } from '../../calls/call-facts.ts';
import { openCallRecorder } from '../../calls/call-recorder.ts';
import { systemClock } from '../../calls/clock.ts';
import { cache } from '../../calls/layers/cache.ts';
import { rateLimit } from '../../calls/layers/rate-limit.ts';
import { answerOf, parsedResult } from '../../calls/line-answer.ts';
import { SILENT_METER } from '../../calls/meter.ts';
import { createPolicy, type Verdict } from '../../calls/policy.ts';
import { buildStack } from '../../calls/stack.ts';
import { openStore } from '../../calls/stores/open-store.ts';
import type { CallLimits, ToolCall, ToolHandler, TraceContext } from '../../calls/tool-call.ts';
import { claimsOf, type DescribedTool } from '../../calls/tool-claims.ts';
import { createToolLocks } from '../../calls/tool-lock/tool-locks.ts';
import type { PatternSubject } from '../../calls/tool-pattern.ts';
import { traceOf } from '../../calls/trace.ts';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { LockTools } from '../../manifest/lock-schema.ts';
import type { Session } from '../../mcp/session.ts';
import type { Tool } from '../../mcp/tools.ts';
import { userName } from '../../platform/user-name.ts';
import { resolverFor } from '../../secrets/resolver-for.ts';
import type { Settings } from '../../settings/settings.ts';

/** What layers go by, of one server. */
export interface ServerFacts {
  /** Whether it is somewhere else than on this machine. */
  readonly isRemote: boolean;
  /** Its tools as they are locked. */
  readonly locked: LockTools | undefined;
  /** Those it lists now, or the one that is called. */
  readonly tools: readonly Tool[];
  /** Digest of its version and configuration; what is kept of its answers counts for the same alone. */
  readonly instance?: string;
}

export interface PathCall {
  readonly server: string;
  readonly tool: Tool;
  readonly values: JsonObject;
  readonly session: Pick<Session, 'serverInfo'>;
  /** A new trace without it. */
  readonly trace?: TraceContext;
  /** The run of a pipeline it is a step of. */
  readonly parent?: string;
  readonly signal?: StopSignal;
  readonly limits?: CallLimits;
  /** See ToolCall. */
  readonly pausesMs?: readonly number[];
  /** Makes the call as the layers let it through: another attempt may be another call, of another server. */
  send(call: ToolCall): Promise<JsonObject>;
}

/** The layers the calls of a command pass, the same as those of clients. */
export interface CallPath {
  /** To be told before a tool of the server is judged or called. */
  know(server: string, facts: ServerFacts): void;
  judge(subject: PatternSubject): Verdict;
  /** @throws what layers refuse with, and what `send` throws. */
  call(call: PathCall): Promise<JsonObject>;
  close(): Promise<void>;
}

export interface CallPathOptions {
  readonly settings: Settings;
  readonly via: 'call' | 'chain';
  readonly context: Context;
  /** What a tool of another server says of itself; without it no other server is asked. */
  describe?(server: string, tool: string): Promise<DescribedTool | undefined>;
}

interface PathToolCall extends ToolCall {
  readonly send: PathCall['send'];
}

/** @throws what opening the store throws. */
export async function openCallPath(options: CallPathOptions): Promise<CallPath> {
  const { via, context, describe } = options;
  const settings = via === 'chain' ? options.settings : directly(options.settings);
  const warn = (line: string): void => context.output.warn(line);
  const known = new Map<string, ServerFacts>();
  const recorder = openCallRecorder({ machine: context, settings: settings.audit, isLasting: false, warn });
  const store = await openStore({
    settings,
    resolver: () => resolverFor(context, { scope: 'user' }),
    failed: () => {},
    warn,
  });
  const locks = createToolLocks((server) => known.get(server)?.locked);
  const rules = createPolicy(settings.policy, {
    isRemote: (server) => known.get(server)?.isRemote ?? false,
    locks,
    warn,
  });
  const meter = SILENT_METER;
  const handler = buildStack(
    {
      settings,
      policy: rules,
      meter,
      recorder,
      cache: cache({
        settings: settings.cache,
        store,
        meter,
        instance: ({ server }) => known.get(server)?.instance ?? '',
        tenant: `${userName(context.env)}@${hostname()}`,
        now: context.now,
      }),
      rateLimit: rateLimit({ limits: settings.limits, store, meter }),
      clock: systemClock,
      random: Math.random,
      warn,
      learn: async () => {},
      describe: async (server, tool) => await describe?.(server, tool),
    },
    innermost,
  );
  return {
    know(server, facts) {
      known.set(server, facts);
      locks.learn(server, facts.tools);
    },
    judge: (subject) => rules.judge(subject),
    async call(call) {
      const { line } = await handler(toolCall(call, via, context));
      const refusal = refusals.get(line);
      if (refusal) throw refusal;
      return parsedResult(line) as JsonObject;
    },
    async close() {
      await Promise.all([recorder?.close(), store.close()]);
    },
  };
}

/** A person who calls one tool of one server wants to see what that does, once. */
function directly(settings: Settings): Settings {
  return { ...settings, fallbacks: {}, retry: { pausesMs: [] } };
}

/** Its conversation minds the time, with `--timeout`. */
const CONVERSATIONS_OWN: CallLimits = { silenceMs: 3_600_000, totalMs: 3_600_000 };

/** A JSON-RPC error is an answer of the server to the layers, and why there is none to the caller. */
const refusals = new WeakMap<Buffer, McpctlError>();

const innermost: ToolHandler = async (call) => {
  try {
    const result = await (call as PathToolCall).send(call);
    return answerOf(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result })));
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code !== 'SERVER_ERROR') throw error;
    const told = { code: -32000, message: error.message };
    const line = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, error: told }));
    refusals.set(line, error);
    return answerOf(line);
  }
};

function toolCall(call: PathCall, via: 'call' | 'chain', context: Context): PathToolCall {
  const { server, tool, values, session, parent, pausesMs, send } = call;
  const limits = via === 'call' ? CONVERSATIONS_OWN : call.limits;
  const params = { name: tool.name, arguments: values };
  const trace = call.trace ?? traceOf(undefined);
  const serverVersion = implementationOf(session.serverInfo)?.version;
  return {
    send,
    via,
    principal: 'local',
    client: { name: 'mcpctl', version: context.program.version },
    server,
    tool: tool.name,
    ...claimsOf(tool.annotations),
    line: Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })),
    id: '1',
    args: () => values,
    isFresh: via === 'call',
    isContinued: false,
    corr: trace.traceId,
    trace,
    ...(parent !== undefined && { parent }),
    ...(limits && { limits }),
    ...(pausesMs && { pausesMs }),
    startedAt: context.now(),
    signal: call.signal ?? context.signal,
    notes: { attempt: 1, ...(serverVersion !== undefined && { serverVersion }) },
    life: { heardAt: performance.now(), asking: 0 },
  };
}
