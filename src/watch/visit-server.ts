import { verifyListed } from '../calls/tool-lock/verify-listed.ts';
import { type OpenServerOptions, openServer } from '../gateway/servers/open-server.ts';
import { driftOf } from '../mcp/tool-drift.ts';
import { hashTools, listTools } from '../mcp/tools.ts';
import type { Visit, WatchedServer } from './ports.ts';

export interface VisitOptions {
  readonly machine: OpenServerOptions['machine'];
  /** How long it may take to start and to list its tools, in milliseconds. */
  readonly startMs: number;
  readonly signal: AbortSignal;
}

/** Begins a session with a server, lists its tools and ends it. @throws what any of it throws. */
export async function visitServer(
  { name, chosen, locked }: WatchedServer,
  { machine, startMs, signal }: VisitOptions,
): Promise<Visit> {
  const { session } = await openServer({
    server: name,
    chosen,
    // Nobody is asked anything by a watcher.
    machine: { ...machine, prompt: { canAsk: false }, signal },
    timeoutMs: startMs,
  });
  try {
    const begun = performance.now();
    const tools = await listTools(session, name, { timeoutMs: startMs, signal });
    const ms = performance.now() - begun;
    verifyListed(name, tools, locked?.tools);
    const { changed, added } = locked?.tools
      ? driftOf(locked.tools.tools, hashTools(tools).tools)
      : { changed: [], added: [] };
    return { era: session.era, ms, tools: tools.length, changed: [...changed, ...added] };
  } finally {
    await session.close();
  }
}
