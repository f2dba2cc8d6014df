import { fileURLToPath } from 'node:url';
import { VERSION } from './app/version.ts';

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;
const argv = process.argv.slice(2);
// Scripts ask for the version often, and nothing needs to be read for it.
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) process.stdout.write(`${VERSION}\n`);
else await main();

async function main(): Promise<void> {
  const { createContext } = await import('./app/context.ts');
  const { runCommand } = await import('./app/run.ts');
  const { asKnown, McpctlError } = await import('./core/errors.ts');
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      // Asked twice: end now, as without a listener.
      for (const name of SIGNALS) process.off(name, stop);
      process.kill(process.pid, signal);
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
  const script = fileURLToPath(new URL('../bin/mcpctl.js', import.meta.url));
  const context = createContext({ process, argv, signal: controller.signal, script });
  try {
    await runCommand(argv, context);
  } catch (error) {
    const failure = asKnown(error);
    context.output.failure(failure);
    process.exitCode = failure.exitStatus;
  }
  for (const name of SIGNALS) process.off(name, stop);
}
