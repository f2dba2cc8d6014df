import { performance } from 'node:perf_hooks';
import { implementationOf } from '../../calls/call-facts.ts';
import { openCallRecorder } from '../../calls/call-recorder.ts';
import { systemClock } from '../../calls/clock.ts';
import { audit } from '../../calls/layers/audit.ts';
import { policy } from '../../calls/layers/policy.ts';
import { answerOf } from '../../calls/line-answer.ts';
import { SILENT_METER } from '../../calls/meter.ts';
import { createPolicy } from '../../calls/policy.ts';
import { composeLayers } from '../../calls/stack.ts';
import type { ToolCall } from '../../calls/tool-call.ts';
import { claimsOf } from '../../calls/tool-claims.ts';
import { createToolLocks } from '../../calls/tool-lock/tool-locks.ts';
import { traceOf } from '../../calls/trace.ts';
import type { Context } from '../../cli/context.ts';
import type { JsonObject } from '../../core/json.ts';
import type { LockTools } from '../../manifest/lock-schema.ts';
import type { Session } from '../../mcp/session.ts';
import type { Tool } from '../../mcp/tools.ts';
import { readSettings } from '../../settings/read.ts';

export interface CallToRecord {
  readonly server: string;
  readonly tool: Tool;
  readonly values: JsonObject;
  readonly session: Pick<Session, 'serverInfo'>;
  /** Whether the server is somewhere else than on this machine. */
  readonly isRemote: boolean;
  /** The tools of the server as they are locked. */
  readonly locked: LockTools | undefined;
  readonly context: Context;
  /** Makes the call. */
  send(): Promise<JsonObject>;
}

/**
 * Makes a call if policy allows it, and records it, answered or not.
 * @throws TOOL_DENIED, REGION_REFUSED, AUDIT_UNWRITABLE unless the settings let it go on.
 */
export async function recordedCall(options: CallToRecord): Promise<JsonObject> {
  const { server, tool, isRemote, locked, context, send } = options;
  const warn = (line: string): void => context.output.warn(line);
  const { settings } = await readSettings(context);
  const recorder = openCallRecorder({ machine: context, settings: settings.audit, isLasting: false, warn });
  const locks = createToolLocks(() => locked);
  locks.learn(server, [tool]);
  const rules = createPolicy(settings.policy, { isRemote: () => isRemote, locks, warn });
  let result: JsonObject = {};
  const handler = composeLayers(
    {
      audit: recorder && audit({ recorder, clock: systemClock, meter: SILENT_METER, warn }),
      policy: policy({ policy: rules, learn: async () => {} }),
    },
    async () => {
      result = await send();
      return answerOf(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result })));
    },
  );
  try {
    await handler(toolCall(options));
    return result;
  } finally {
    await recorder?.close();
  }
}

function toolCall({ server, tool, values, session, context }: CallToRecord): ToolCall {
  const params = { name: tool.name, arguments: values };
  const trace = traceOf(undefined);
  const serverVersion = implementationOf(session.serverInfo)?.version;
  return {
    via: 'call',
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
    startedAt: context.now(),
    signal: context.signal ?? new AbortController().signal,
    notes: { attempt: 1, ...(serverVersion !== undefined && { serverVersion }) },
    life: { heardAt: performance.now(), asking: 0 },
  };
}
