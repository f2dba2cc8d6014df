import { createChangedTools } from '../../calls/tool-lock/changed-tools.ts';
import { type McpctlError, needsSignIn } from '../../core/errors.ts';
import type { LockTools } from '../../manifest/lock-schema.ts';
import type { Tool } from '../../mcp/tools.ts';
import type { HubServer, ServerState } from '../hub/hub.ts';
import type { ProbeAnswer, ProbeRequest } from './probe.ts';

/** The program of a server, where it is one that is started again when it ends. */
export interface RunProgram {
  readonly state: 'starting' | 'healthy' | 'restarting' | 'failed' | 'stopped';
  /** Why it does not work. */
  readonly reason: McpctlError | undefined;
  readonly restarts: number;
  /** A tool call is under way. */
  readonly isWorking: boolean;
  readonly pids: readonly number[];
  readonly tools: readonly Tool[] | undefined;
  restart(reason: 'asked' | 'hang'): Promise<void>;
}

/** The way to a server, as far as it knows how the server is. */
export interface RunLink {
  readonly era: 'legacy' | 'modern' | undefined;
  /** When the server last answered; milliseconds since 1970. */
  readonly answeredAt: number | undefined;
  /** Why it did not. */
  readonly trouble: McpctlError | undefined;
  readonly tools: readonly Tool[] | undefined;
  probe(request: ProbeRequest): Promise<ProbeAnswer>;
}

export interface RunStateOptions {
  readonly server: string;
  /** Undefined for a server that is reached over HTTP. */
  program(): RunProgram | undefined;
  /** Undefined before there is one. */
  link(): RunLink | undefined;
  /** Its tools as they are locked. */
  locked(): LockTools | undefined;
}

/** What a `run` says of its server whenever it is asked. */
export function runState(options: RunStateOptions): () => HubServer {
  const changedIn = createChangedTools();
  return () => {
    const program = options.program();
    const link = options.link();
    const { state, reason } = program ? ofProgram(program, link) : ofAddress(link);
    // What a program listed after it was started again, its client may not have asked for yet.
    const tools = program?.tools ?? link?.tools;
    const changed = tools ? changedIn(tools, options.locked()) : [];
    const { era, answeredAt } = link ?? {};
    return {
      name: options.server,
      state,
      ...(reason && { reason: reason.message, code: reason.code }),
      ...(reason?.hint !== undefined && { hint: reason.hint }),
      ...(era && { era }),
      ...(tools && { tools: tools.length }),
      ...(changed.length > 0 && { changed }),
      pids: program?.pids ?? [],
      restarts: program?.restarts ?? 0,
      ...(answeredAt !== undefined && { answeredAt }),
    };
  };
}

interface Found {
  readonly state: ServerState;
  readonly reason?: McpctlError | undefined;
}

function ofProgram({ state, reason }: RunProgram, link: RunLink | undefined): Found {
  if (state === 'healthy' || state === 'stopped') return { state };
  // It answered its client, though nothing that would begin a session.
  if (state === 'starting' && link?.answeredAt !== undefined) return { state: 'healthy' };
  return { state: state === 'restarting' ? 'starting' : state, reason };
}

function ofAddress(link: RunLink | undefined): Found {
  if (!link || (link.answeredAt === undefined && !link.trouble)) return { state: 'starting' };
  if (!link.trouble) return { state: 'healthy' };
  return { state: needsSignIn(link.trouble) ? 'needs-auth' : 'degraded', reason: link.trouble };
}
