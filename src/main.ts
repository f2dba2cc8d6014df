import { fileURLToPath } from 'node:url';
import { VERSION } from './app/version.ts';

const argv = process.argv.slice(2);
// Scripts ask for the version often, and nothing needs to be read for it.
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) process.stdout.write(`${VERSION}\n`);
else await main();

async function main(): Promise<void> {
  const { createContext } = await import('./app/context.ts');
  const { runCommand } = await import('./app/run.ts');
  const { asKnown, McpctlError } = await import('./core/errors.ts');
  const controller = new AbortController();
  const stop = (): void => controller.abort(new McpctlError('CANCELLED', 'Stopped by a signal.'));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  // A reader that went away (`mcpctl add memory 2>&1 | head -1`) is no failure, and must not leave an installation half done.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
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
  process.off('SIGINT', stop);
  process.off('SIGTERM', stop);
}
