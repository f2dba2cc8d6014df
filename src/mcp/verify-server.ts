import { McpctlError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { redactError } from '../core/redact-error.ts';
import type { Env } from '../platform/env.ts';
import { createTransport } from './connect.ts';
import type { Authorize } from './http/authorize.ts';
import { createServerLog, type Redaction, type ServerLog } from './server-log.ts';
import { openSession, type Session } from './session.ts';
import { hashTools, listTools, type Tool } from './tools.ts';
import type { ServerTarget } from './transport.ts';

export interface VerifyOptions {
  readonly server: string;
  readonly target: ServerTarget;
  readonly platform: NodeJS.Platform;
  /** Our own environment, for the proxy to use. */
  readonly env: Env;
  /** Tokens for a URL. */
  readonly authorize?: Authorize;
  readonly client: { readonly name: string; readonly version: string };
  readonly cwd: string;
  /** A harmless call to try; a tool the server does not have counts as not tried. */
  readonly firstCall?: { readonly tool: string; readonly arguments: JsonObject };
  /** Longest wait for one answer, in milliseconds; 30 000 by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Takes secrets out of what the server said. */
  readonly redact?: Redaction;
  /** Gets each line the server says besides messages, redacted. */
  readonly onLine?: (line: string, source: 'stderr' | 'stdout') => void;
}

export interface Verified {
  readonly era: 'legacy' | 'modern';
  readonly protocolVersion: string;
  readonly serverInfo: JsonObject;
  readonly tools: readonly Tool[];
  /** As in the lock: one hash over all tools and one for each. */
  readonly hash: string;
  readonly toolHashes: Record<string, string>;
  /** Absent when none was asked for or the server has no such tool. */
  readonly firstCall?: { readonly tool: string; readonly isError: boolean; readonly result: JsonObject };
  /** Lines on stdout that were no messages. */
  readonly junkLines: number;
  /** Milliseconds of each step. */
  readonly timings: { readonly start: number; readonly list: number; readonly call?: number };
}

/**
 * Starts the server once, lists its tools, tries one harmless call and stops it. Throws SERVER_NOT_STARTED,
 * SERVER_EXITED, SERVER_TIMEOUT, SERVER_JUNK, SERVER_PROTOCOL, SERVER_ERROR, SERVER_UNREACHABLE, SIGN_IN_NEEDED or
 * SERVER_NO_TOOLS.
 */
export async function verifyServer(options: VerifyOptions): Promise<Verified> {
  const { server, target, redact = (text) => text, timeoutMs = 30_000, signal } = options;
  const log = createServerLog({ redact, ...(options.onLine && { write: options.onLine }) });
  const request = { timeoutMs, totalMs: timeoutMs * 2, ...(signal && { signal }) };
  const begun = performance.now();
  try {
    const transport = await createTransport({ ...options, log });
    const first = target.kind === 'remote' ? 'discover' : 'initialize';
    const session = await openSession({ ...options, transport, request, first });
    const opened = performance.now();
    try {
      const tools = await listTools(session, server);
      const listed = performance.now();
      if (tools.length === 0) throw noTools(server, session);
      const firstCall = await tryCall(session, tools, options.firstCall);
      const { hash, tools: toolHashes } = hashTools(tools);
      const { era, protocolVersion, serverInfo } = session;
      return {
        era,
        protocolVersion,
        serverInfo,
        tools,
        hash,
        toolHashes,
        ...(firstCall && { firstCall }),
        junkLines: log.junkCount,
        timings: {
          start: Math.round(opened - begun),
          list: Math.round(listed - opened),
          ...(firstCall && { call: Math.round(performance.now() - listed) }),
        },
      };
    } finally {
      await session.close();
    }
  } catch (error) {
    throw redactError(explain(error, server, log), redact);
  }
}

async function tryCall(
  session: Session,
  tools: readonly Tool[],
  call: VerifyOptions['firstCall'],
): Promise<Verified['firstCall']> {
  if (!call || !tools.some(({ name }) => name === call.tool)) return undefined;
  const result = await session.request('tools/call', { name: call.tool, arguments: call.arguments });
  return { tool: call.tool, isError: result.isError === true, result };
}

function noTools(server: string, { capabilities }: Session): McpctlError {
  const offers = Object.keys(capabilities).filter((name) => ['prompts', 'resources'].includes(name));
  const rest = offers.length > 0 ? ` It offers ${offers.join(' and ')} only.` : '';
  return new McpctlError('SERVER_NO_TOOLS', `${server} starts but lists no tools.${rest}`, {
    hint: 'A key may lack permissions, or the server waits for settings: see its page with mcpctl info.',
    data: { server },
  });
}

/** A server that writes text where messages belong fails in many ways; name the cause. */
function explain(error: unknown, server: string, log: ServerLog): unknown {
  if (!(error instanceof McpctlError) || log.junkCount === 0) return error;
  if (error.code !== 'SERVER_TIMEOUT' && error.code !== 'SERVER_PROTOCOL') return error;
  return new McpctlError(
    'SERVER_JUNK',
    `${server} writes text on stdout, where only messages belong, and did not answer: ${log.firstJunk}`,
    {
      cause: error,
      hint: 'The command may not be an MCP server, or needs a flag such as "stdio". Check "command" and "args".',
      data: { server, junkLines: log.junkCount },
    },
  );
}
