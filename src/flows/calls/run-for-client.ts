import type { Context } from '../../cli/context.ts';
import { type RunOptions, runServer } from '../../gateway/run/run-server.ts';

/** Runs a server for the client on our standard streams; the exit status is that of a server that fails. */
export async function runForClient(
  server: string,
  context: Context,
  options: Pick<RunOptions, 'scope' | 'signIn'> = {},
): Promise<void> {
  const { signal, now, output, stdin, stdout, concealInCrash } = context;
  const tell = (line: string): void => void output.stderr.write(`${line}\n`);
  const client = { input: stdin, output: stdout };
  const failure = await runServer({
    server,
    ...options,
    machine: context,
    signal,
    now,
    client,
    tell,
    concealInCrash,
  });
  if (!failure) return;
  // stdout belongs to the protocol, also with --json.
  tell(`mcpctl: ${failure.code} ${failure.message}${failure.hint ? `\n  try ${failure.hint}` : ''}`);
  const status = failure.code === 'SERVER_EXITED' ? failure.data?.status : undefined;
  context.exitWith(typeof status === 'number' && status !== 0 ? status : failure.exitStatus);
}
