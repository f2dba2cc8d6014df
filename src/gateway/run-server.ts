import type { Readable, Writable } from 'node:stream';
import type { McpctlError } from '../core/errors.ts';
import { createRedactor } from '../core/redaction.ts';
import { serverToRun } from '../manifest/choose.ts';
import type { Scope } from '../manifest/scopes.ts';
import { createTransport } from '../mcp/connect.ts';
import { createServerLog } from '../mcp/server-log.ts';
import { createLogFile } from './log-file.ts';
import { runRelay } from './run-relay.ts';
import { prepareServer, type ServerMachine } from './server-target.ts';

export interface RunOptions {
  readonly server: string;
  /** Whose entry; without it the user's, and the project's where the user has none. */
  readonly scope?: Scope;
  readonly machine: ServerMachine;
  readonly client: { readonly input: Readable; readonly output: Writable };
  /** Gets remarks and what the server says on stderr, line by line, redacted. */
  tell(line: string): void;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** Stands in for one server of the manifest until the client or the server ends; returns why, unless the client did. */
export async function runServer(options: RunOptions): Promise<McpctlError | undefined> {
  const { server, scope, machine, client, tell, signal, now } = options;
  const { paths, platform, env } = machine;
  const file = createLogFile({ folder: paths.logs, server, now });
  let redact = (text: string): string => text;
  try {
    return await runRelay({
      client,
      redact: (text) => redact(text),
      signal,
      async open() {
        const { cwd } = machine;
        const chosen = await serverToRun(server, { paths, cwd, ...(scope && { scope }) });
        const { target, secrets, notes } = await prepareServer(chosen, machine);
        for (const note of notes) tell(`mcpctl: ${note}`);
        redact = createRedactor(secrets);
        const log = createServerLog({
          redact,
          write(line, source) {
            file.write(line, source);
            tell(source === 'stderr' ? line : `mcpctl: not a message, kept from the client: ${line}`);
          },
        });
        return await createTransport({ server, target, platform, env, log });
      },
    });
  } finally {
    file.flush();
  }
}
