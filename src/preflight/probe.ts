import { McpctlError } from '../core/errors.ts';
import type { ServerTarget } from '../mcp/transport.ts';
import type { SaidLine, ServerExam, Tried } from './server-check.ts';

export interface ProbeOptions {
  readonly exam: ServerExam;
  readonly target: ServerTarget;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Lines kept from the beginning and from the end of what a server says. */
const KEPT = 60;

/** Starts or reaches the server once, as a client would, and keeps what it says besides messages. */
export async function probe({ exam, target, deadlineMs, signal }: ProbeOptions): Promise<Tried> {
  const { verifyServer } = await import('../mcp/verify-server.ts');
  const { machine } = exam.situation;
  const { firstCall, redact } = exam.prepared;
  const said: SaidLine[] = [];
  try {
    const verified = await verifyServer({
      server: exam.server.name,
      target,
      platform: machine.platform,
      env: machine.env,
      client: { name: 'mcpctl', version: machine.program.version },
      cwd: machine.cwd,
      timeoutMs: deadlineMs,
      signal,
      redact,
      onLine(text, source) {
        if (said.length === KEPT * 2) said.splice(KEPT, 1);
        said.push({ text, source });
      },
      ...(firstCall && { firstCall }),
    });
    return { ok: true, verified, said };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof McpctlError) || error.code === 'INTERNAL') throw error;
    return { ok: false, error, said };
  }
}
