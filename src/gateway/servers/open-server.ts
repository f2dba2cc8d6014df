import { createGrowingRedactor } from '../../core/growing-redactor.ts';
import { redactError } from '../../core/redact-error.ts';
import { type ChosenServer, serverHere } from '../../manifest/choose.ts';
import type { LockTools } from '../../manifest/lock-schema.ts';
import { type ClientHandlers, openSession, type Session } from '../../mcp/session.ts';
import { connectServer } from './connect-server.ts';
import type { TokenMachine } from './open-server-tokens.ts';
import { prepareServer, type ServerMachine } from './server-target.ts';

export interface OpenServerOptions {
  readonly server: string;
  /** Its entry; the one that counts here without it. */
  readonly chosen?: ChosenServer;
  readonly machine: ServerMachine & TokenMachine & { readonly program: { readonly version: string } };
  readonly handlers?: ClientHandlers;
  /** Longest silence of the server, in milliseconds. */
  readonly timeoutMs?: number;
  /** Gets remarks on which entry of the name is used. */
  note?(line: string): void;
  /** Gets what the server says besides messages, line by line, redacted. */
  tell?(line: string): void;
}

export interface OpenServer {
  readonly session: Session;
  /** Whether it is somewhere else than on this machine. */
  readonly isRemote: boolean;
  /** Its tools as they are locked. */
  readonly locked: LockTools | undefined;
  /** Takes the server's secrets out of a text. */
  redact(text: string): string;
}

/**
 * Starts or reaches a server of the manifest as a client; the caller closes the session. Its failures, also those of
 * requests, quote the server without its secrets.
 */
export async function openServer(options: OpenServerOptions): Promise<OpenServer> {
  const { server, machine, handlers, timeoutMs, note, tell } = options;
  const chosen = options.chosen ?? (await serverHere(server, machine));
  for (const line of chosen.notes) note?.(line);
  const { target, secrets, locked } = await prepareServer(chosen, machine);
  const redact = createGrowingRedactor(secrets);
  const { transport, tokens } = await connectServer({
    chosen,
    target,
    machine,
    redact,
    note: (line) => note?.(line),
    ...(tell && { write: tell }),
  });
  const clean = (error: unknown): never => {
    throw redactError(error, redact);
  };
  const failed = async (error: unknown): Promise<never> => {
    await tokens?.close();
    return clean(error);
  };
  const { cwd, program, signal } = machine;
  const session = await openSession({
    server,
    transport,
    cwd,
    client: { name: 'mcpctl', version: program.version },
    first: target.kind === 'remote' ? 'discover' : 'initialize',
    request: { ...(timeoutMs !== undefined && { timeoutMs }), ...(signal && { signal }) },
    ...(handlers && { handlers }),
  }).catch(failed);
  return {
    session: {
      ...session,
      request: (...request) => session.request(...request).catch(clean),
      async close() {
        await session.close();
        await tokens?.close();
      },
    },
    isRemote: target.kind === 'remote',
    locked,
    redact,
  };
}
