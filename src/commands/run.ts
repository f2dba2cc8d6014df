import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { runServer } from '../gateway/run-server.ts';

export function command(context: Context): Command {
  return new Command('run')
    .description('Run one server of the manifest on stdin and stdout; this is what clients start')
    .argument('<server>', 'name in the manifest')
    .addHelpText('after', '\nExample:\n  mcpctl run github')
    .action(async (server: string) => {
      const { signal, now, output, stdin, stdout } = context;
      const tell = (line: string): void => void output.stderr.write(`${line}\n`);
      const client = { input: stdin, output: stdout };
      const failure = await runServer({ server, machine: context, signal, now, client, tell });
      if (!failure) return;
      // stdout belongs to the protocol, also with --json.
      tell(`mcpctl: ${failure.code} ${failure.message}${failure.hint ? `\n  try ${failure.hint}` : ''}`);
      const status = failure.code === 'SERVER_EXITED' ? failure.data?.status : undefined;
      context.exitWith(typeof status === 'number' && status !== 0 ? status : failure.exitStatus);
    });
}
