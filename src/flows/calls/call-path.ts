import { performance } from 'node:perf_hooks';
import { implementationOf } from '../../calls/call-facts.ts';
import { openCallRecorder } from '../../calls/call-recorder.ts';
import { systemClock } from '../../calls/clock.ts';
import { audit } from '../../calls/layers/audit.ts';
import { policy } from '../../calls/layers/policy.ts';
import { answerOf } from '../../calls/line-answer.ts';
import { SILENT_METER } from '../../calls/meter.ts';
import { createPolicy, type Verdict } from '../../calls/policy.ts';
import { composeLayers } from '../../calls/stack.ts';
import type { ToolCall, TraceContext } from '../../calls/tool-call.ts';
import { claimsOf } from '../../calls/tool-claims.ts';
import { createToolLocks } from '../../calls/tool-lock/tool-locks.ts';
import type { PatternSubject } from '../../calls/tool-pattern.ts';
import { traceOf } from '../../calls/trace.ts';
import type { Context } from '../../cli/context.ts';
import type { JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { LockTools } from '../../manifest/lock-schema.ts';
import type { Session } from '../../mcp/session.ts';
import type { Tool } from '../../mcp/tools.ts';
import type { Settings } from '../../settings/settings.ts';

/** What policy goes by, of one server. */
export interface ServerFacts {
  /** Whether it is somewhere else than on this machine. */
  readonly isRemote: boolean;
  /** Its tools as they are locked. */
  readonly locked: LockTools | undefined;
  /** Those it lists now, or the one that is called. */
  readonly tools: readonly Tool[];
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
  /** Makes the call. */
  send(): Promise<JsonObject>;
}

/** The layers the calls of a command pass: each is judged by policy and recorded, answered or not. */
export interface CallPath {
  /** To be told before a tool of the server is judged or called. */
  know(server: string, facts: ServerFacts): void;
  judge(subject: PatternSubject): Verdict;
  /** @throws TOOL_DENIED, REGION_REFUSED, AUDIT_UNWRITABLE unless the settings let it go on, and what `send` throws. */
  call(call: PathCall): Promise<JsonObject>;
  close(): Promise<void>;
}

export function openCallPath(settings: Settings, via: 'call' | 'chain', context: Context): CallPath {
  const warn = (line: string): void => context.output.warn(line);
  const known = new Map<string, ServerFacts>();
  const recorder = openCallRecorder({ machine: context, settings: settings.audit, isLasting: false, warn });
  const locks = createToolLocks((server) => known.get(server)?.locked);
  const rules = createPolicy(settings.policy, {
    isRemote: (server) => known.get(server)?.isRemote ?? false,
    locks,
    warn,
  });
  const layers = {
    audit: recorder && audit({ recorder, clock: systemClock, meter: SILENT_METER, warn }),
    policy: policy({ policy: rules, learn: async () => {} }),
  };
  return {
    know(server, facts) {
      known.set(server, facts);
      locks.learn(server, facts.tools);
    },
    judge: (subject) => rules.judge(subject),
    async call(call) {
      let result: JsonObject = {};
      const handler = composeLayers(layers, async () => {
        result = await call.send();
        return answerOf(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result })));
      });
      await handler(toolCall(call, via, context));
      return result;
    },
    close: async () => await recorder?.close(),
  };
}

function toolCall(call: PathCall, via: 'call' | 'chain', context: Context): ToolCall {
  const { server, tool, values, session, parent } = call;
  const params = { name: tool.name, arguments: values };
  const trace = call.trace ?? traceOf(undefined);
  const serverVersion = implementationOf(session.serverInfo)?.version;
  return {
    via,
    principal: 'local',
    client: { name: 'mcpctl', version: context.program.version },
    server,
    tool: tool.name,
    ...claimsOf(tool.annotations),
    line: Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })),
    id: '1',
    args: () => values,
    isFresh: false,
    isContinued: false,
    corr: trace.traceId,
    trace,
    ...(parent !== undefined && { parent }),
    startedAt: context.now(),
    signal: call.signal ?? context.signal,
    notes: { attempt: 1, ...(serverVersion !== undefined && { serverVersion }) },
    life: { heardAt: performance.now(), asking: 0 },
  };
}
