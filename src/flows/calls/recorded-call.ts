import { performance } from 'node:perf_hooks';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Answered, implementationOf, intentOf, outcomeOf } from '../../gateway/call-facts.ts';
import { openCallRecorder } from '../../gateway/tap-recorder.ts';
import type { Session } from '../../mcp/session.ts';
import type { Tool } from '../../mcp/tools.ts';

export interface CallToRecord {
  readonly server: string;
  readonly tool: Tool;
  readonly values: JsonObject;
  readonly session: Pick<Session, 'serverInfo'>;
  readonly context: Context;
  /** Makes the call. */
  send(): Promise<JsonObject>;
}

/** Makes a call and records it, answered or not. @throws AUDIT_UNWRITABLE unless the settings let it go on. */
export async function recordedCall(call: CallToRecord): Promise<JsonObject> {
  const { server, tool, values, session, context, send } = call;
  const warn = (line: string): void => context.output.warn(line);
  const opening = openCallRecorder({ server, via: 'call', machine: context, warn });
  // Its failure counts when the call is recorded.
  opening.catch(() => {});
  const startedAt = context.now();
  const start = performance.now();
  const write = async (answer: Answered, bytesOut: number): Promise<void> => {
    const ms = performance.now() - start;
    const recorder = await opening;
    const request = {
      tool: tool.name,
      args: values,
      client: undefined,
      traceId: undefined,
      spanId: undefined,
    };
    const client = { name: 'mcpctl', version: context.program.version };
    const serverVersion = implementationOf(session.serverInfo)?.version;
    const intent = intentOf(tool.annotations);
    const bytesIn = JSON.stringify(values).length;
    const row = { startedAt, ms, request, answer, client, serverVersion, intent, bytesIn, bytesOut };
    try {
      await recorder?.record(row);
    } catch (error) {
      if (!(error instanceof McpctlError) || (recorder?.refuses && intent !== 'read')) throw error;
      warn(error.message);
    } finally {
      await recorder?.close();
    }
  };
  try {
    const result = await send();
    await write(outcomeOf({ result }), JSON.stringify(result).length);
    return result;
  } catch (error) {
    // The reason why the call failed is what people need to see, so that of the log comes as a warning.
    if (!isAudit(error)) await write(failureOf(error), 0).catch((failure: Error) => warn(failure.message));
    throw error;
  }
}

function isAudit(error: unknown): boolean {
  return error instanceof McpctlError && error.code === 'AUDIT_UNWRITABLE';
}

function failureOf(error: unknown): Answered {
  const code = error instanceof McpctlError ? error.code : 'INTERNAL';
  if (code === 'SERVER_TIMEOUT') return { outcome: 'timeout', errorType: code };
  if (code === 'CANCELLED') return { outcome: 'cancelled', errorType: code };
  return { outcome: code === 'SERVER_ERROR' ? 'error' : 'outcome_unknown', errorType: code };
}
