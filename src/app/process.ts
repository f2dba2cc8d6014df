import type { Context } from '../cli/context.ts';
import { asKnown, McpctlError } from '../core/errors.ts';
import { createContext } from './context.ts';

export interface ProcessOptions {
  readonly process: NodeJS.Process;
  readonly argv: readonly string[];
  /** Absolute path of `bin/mcpctl.js`. */
  readonly script: string;
}

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

const LONGEST_WAIT_MS = 30_000;

/** Runs one command as this process: with its streams, its signals, and its exit status. */
export async function runProcess(
  { process, argv, script }: ProcessOptions,
  run: (argv: readonly string[], context: Context) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  let redact = (text: string): string => text;
  const context = createContext({
    process,
    argv,
    signal: controller.signal,
    script,
    concealInCrash(conceal) {
      redact = conceal;
    },
  });
  // Node would print it as it is.
  process.on('uncaughtException', (error: unknown) => {
    const { exitStatus, code } = asKnown(error);
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`mcpctl: ${code} ${redact(told)}\n`, () => process.exit(exitStatus));
  });
  const { critical } = context;
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      // Asked twice: end now, as without a listener, or once what must not be cut off is done.
      void critical.whenFree(LONGEST_WAIT_MS).then(() => {
        for (const name of SIGNALS) process.off(name, stop);
        process.kill(process.pid, signal);
      });
    }
    controller.abort(new McpctlError('CANCELLED', 'Stopped by a signal.'));
  };
  // Not `once`: signal-exit, which the live task list uses, ends the process when it finds itself the only listener.
  for (const name of SIGNALS) process.on(name, stop);
  // A reader or terminal that went away (`mcpctl add memory 2>&1 | head -1`) is no failure, and must not leave an installation half done.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  try {
    await run(argv, context);
  } catch (error) {
    const failure = asKnown(error);
    context.output.failure(failure);
    context.exitWith(failure.exitStatus);
  }
  await critical.whenFree(LONGEST_WAIT_MS);
  for (const name of SIGNALS) process.off(name, stop);
}
