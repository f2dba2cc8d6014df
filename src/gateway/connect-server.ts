import type { TokenSource } from '../auth/tokens/token-source.ts';
import type { GrowingRedactor } from '../core/growing-redactor.ts';
import type { ChosenServer } from '../manifest/choose.ts';
import { createTransport } from '../mcp/connect.ts';
import { createServerLog, type ServerLogOptions } from '../mcp/server-log.ts';
import type { ServerTarget, Transport } from '../mcp/transport.ts';
import type { SignInAllowed, TokenMachine } from './open-server-tokens.ts';
import type { ServerMachine } from './server-target.ts';
import { serverTokens } from './server-tokens.ts';

export interface ConnectServerOptions {
  readonly chosen: ChosenServer;
  /** As `prepareServer` made it. */
  readonly target: ServerTarget;
  readonly machine: ServerMachine & TokenMachine;
  /** Knows the secrets of the target, and learns of every token. */
  readonly redact: GrowingRedactor;
  /** Gets remarks for the user. */
  note(line: string): void;
  /** Gets what the server says besides messages, line by line, redacted. */
  readonly write?: ServerLogOptions['write'];
  /** Where the user may be asked to sign in; nobody is asked without it. */
  readonly signIn?: SignInAllowed;
}

export interface ServerConnection {
  /** Not started yet. */
  readonly transport: Transport;
  /** To be closed after the transport. */
  readonly tokens: TokenSource | undefined;
}

/** The way to a server that is ready to start, with its tokens and a log of what else it says. */
export async function connectServer(options: ConnectServerOptions): Promise<ServerConnection> {
  const { chosen, target, machine, redact, note, write, signIn } = options;
  const tokens = await serverTokens({
    chosen,
    target,
    machine,
    note,
    known: redact.add,
    ...(signIn && { signIn }),
  });
  try {
    const { platform, env } = machine;
    const transport = await createTransport({
      server: chosen.server.name,
      target,
      platform,
      env,
      log: createServerLog({ redact, ...(write && { write }) }),
      ...(tokens && { authorize: tokens }),
    });
    return { transport, tokens };
  } catch (error) {
    await tokens?.close();
    throw error;
  }
}
