import type { Readable, Writable } from 'node:stream';
import type { McpctlError } from '../core/errors.ts';
import { createTransport } from '../mcp/connect.ts';
import { createServerLog } from '../mcp/server-log.ts';
import { createLogFile } from './log-file.ts';
import { runRelay } from './run-relay.ts';
import { type Machine, prepareServer } from './server-target.ts';

export interface RunOptions extends Machine {
  readonly server: string;
  readonly client: { readonly input: Readable; readonly output: Writable };
  /** Gets remarks and what the server says on stderr, line by line, redacted. */
  tell(line: string): void;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** Stands in for one server of the manifest until the client or the server ends; returns why, unless the client did. */
export async function runServer(options: RunOptions): Promise<McpctlError | undefined> {
  const { server, client, tell, signal, now, paths, platform } = options;
  const file = createLogFile({ folder: paths.logs, server, now });
  try {
    return await runRelay({
      client,
      signal,
      async open() {
        const { target, secrets, notes } = await prepareServer(server, options);
        for (const note of notes) tell(`mcpctl: ${note}`);
        const redact = (text: string): string =>
          secrets.reduce((clean, secret) => (secret === '' ? clean : clean.replaceAll(secret, '***')), text);
        const log = createServerLog({
          redact,
          write(line, source) {
            file.write(line, source);
            tell(source === 'stderr' ? line : `mcpctl: not a message, kept from the client: ${line}`);
          },
        });
        return await createTransport({ server, target, platform, log });
      },
    });
  } finally {
    file.flush();
  }
}
