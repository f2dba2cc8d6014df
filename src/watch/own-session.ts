import { changedTools } from '../calls/tool-lock/changed-tools.ts';
import { verifyListed } from '../calls/tool-lock/verify-listed.ts';
import { McpctlError } from '../core/errors.ts';
import { checkCall } from '../gateway/control/check-call.ts';
import { type OpenServerOptions, openServer } from '../gateway/servers/open-server.ts';
import { listTools, type Tool } from '../mcp/tools.ts';
import type { OwnSession, WatchedServer } from './ports.ts';

export interface OwnSessionOptions {
  readonly machine: OpenServerOptions['machine'];
  /** How long it may take to start, and to list its tools, in milliseconds. */
  readonly startMs: number;
  readonly signal: AbortSignal;
}

/** Begins a session as a client that asks nobody anything. @throws what starting throws. */
export async function openOwnSession(
  { name, chosen, locked }: WatchedServer,
  { machine, startMs, signal }: OwnSessionOptions,
): Promise<OwnSession> {
  const { session, redact } = await openServer({
    server: name,
    chosen,
    machine: { ...machine, prompt: { canAsk: false }, signal },
    timeoutMs: startMs,
  });
  let tools: readonly Tool[] | undefined;
  return {
    era: session.era,
    async list() {
      const begun = performance.now();
      tools = await listTools(session, name, { timeoutMs: startMs, signal });
      const ms = performance.now() - begun;
      verifyListed(name, tools, locked?.tools);
      return { ms, tools: tools.length, changed: changedTools(tools, locked?.tools) };
    },
    async ping(timeoutMs) {
      const begun = performance.now();
      // The modern era has no ping.
      const method = session.era === 'modern' ? 'server/discover' : 'ping';
      await session.request(method, {}, { timeoutMs, totalMs: timeoutMs, signal }).catch(unlessAnswer);
      return performance.now() - begun;
    },
    async call(call) {
      const called = await checkCall({
        call,
        tools,
        make: async (params, patience) =>
          await session.request('tools/call', params, { timeoutMs: patience, totalMs: patience, signal }),
      });
      const { message } = called;
      return message === undefined ? called : { ...called, message: redact(message) };
    },
    close: session.close,
  };
}

/** A server that refuses is there. */
function unlessAnswer(error: unknown): void {
  if (!(error instanceof McpctlError) || error.code !== 'SERVER_ERROR') throw error;
}
