import { askControl } from './ask-control.ts';
import type { Running } from './find-running.ts';

export interface AskRestartOptions {
  readonly server: string;
  /** `asked` by somebody unless said otherwise. */
  readonly reason?: 'hang' | 'asked';
  readonly signal?: AbortSignal;
  readonly ask?: typeof askControl;
}

/** A server may need a while to start, and crashed ones wait for their turn. */
const PATIENCE_MS = 90_000;

/** Has a process start a server again; settles when it works. @throws why it does not, and what asking throws. */
export async function askRestart(
  running: Running,
  { server, reason = 'asked', signal, ask = askControl }: AskRestartOptions,
): Promise<void> {
  const options = { timeoutMs: PATIENCE_MS, ...(signal && { signal }) };
  await ask(running, { ask: 'restart', server, reason }, options);
}
