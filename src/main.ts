import { fileURLToPath } from 'node:url';
import { createContext } from './app/context.ts';
import { runCommand } from './app/run.ts';
import { McpctlError } from './core/errors.ts';

const controller = new AbortController();
const stop = (): void => controller.abort(new McpctlError('CANCELLED', 'Stopped by a signal.'));
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
// A reader that went away (`mcpctl list | head -1`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const argv = process.argv.slice(2);
const script = fileURLToPath(new URL('../bin/mcpctl.js', import.meta.url));
const context = createContext({ process, argv, signal: controller.signal, script });
try {
  await runCommand(argv, context);
} catch (error) {
  context.output.failure(error);
  process.exitCode = error instanceof McpctlError ? error.exitStatus : 70;
}
process.off('SIGINT', stop);
process.off('SIGTERM', stop);
