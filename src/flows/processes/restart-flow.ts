import type { Context } from '../../cli/context.ts';
import { asKnown, McpctlError } from '../../core/errors.ts';
import { askControl } from '../../gateway/control/ask-control.ts';
import { findRunning, type Running } from '../../gateway/control/find-running.ts';

export interface Restarted {
  readonly pid: number;
  readonly kind: 'run' | 'gateway';
  /** Where the client that started it works. */
  readonly cwd: string;
  /** Why it did not work. */
  readonly error?: McpctlError;
}

/** A server may need a while to start, and crashed ones wait for their turn. */
const PATIENCE_MS = 90_000;

/**
 * Starts a server again in every process that runs it; the clients' sessions go on.
 * @throws PROCESS_NOT_RUNNING when nothing runs it.
 */
export async function restartFlow(server: string, context: Context): Promise<Restarted[]> {
  const { paths, platform, signal } = context;
  const running = (await findRunning(paths.run, platform)).filter(({ servers }) => servers.includes(server));
  if (running.length === 0) {
    throw new McpctlError('PROCESS_NOT_RUNNING', `No client and no gateway runs ${server} now.`, {
      hint: 'Start the client that uses it; it starts the server by itself.',
      data: { server },
    });
  }
  return await Promise.all(running.map(async (each) => await restart(each, server, signal)));
}

async function restart(running: Running, server: string, signal: AbortSignal): Promise<Restarted> {
  const { pid, kind, cwd } = running;
  try {
    await askControl(running, { ask: 'restart', server }, { timeoutMs: PATIENCE_MS, signal });
    return { pid, kind, cwd };
  } catch (error) {
    const known = asKnown(error);
    if (known.code === 'CANCELLED') throw known;
    return { pid, kind, cwd, error: known };
  }
}
