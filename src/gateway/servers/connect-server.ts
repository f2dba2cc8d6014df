import type { TokenEvents } from '../../auth/tokens/held-sign-in.ts';
import type { TokenSource } from '../../auth/tokens/token-source.ts';
import type { GrowingRedactor } from '../../core/growing-redactor.ts';
import type { ChosenServer } from '../../manifest/choose.ts';
import { createTransport } from '../../mcp/connect.ts';
import { createServerLog, type ServerLogOptions } from '../../mcp/server-log.ts';
import {
  createSupervisedTransport,
  type SupervisedTransport,
  type SupervisionOptions,
} from '../../mcp/supervised-transport.ts';
import type { ServerTarget, Transport } from '../../mcp/transport.ts';
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
  /** Hears what becomes of its tokens. */
  readonly tokens?: TokenEvents;
  /** A program that ends is started again within its session. */
  readonly supervise?: Pick<SupervisionOptions, 'verify' | 'restarted'>;
}

export interface ServerConnection {
  /** Not started yet. */
  readonly transport: Transport;
  /** The same, where a program is supervised. */
  readonly supervised?: SupervisedTransport;
  /** To be closed after the transport. */
  readonly tokens: TokenSource | undefined;
}

/** The way to a server that is ready to start, with its tokens and a log of what else it says. */
export async function connectServer(options: ConnectServerOptions): Promise<ServerConnection> {
  const { chosen, target, machine, redact, note, write, signIn, supervise } = options;
  const tokens = await serverTokens({
    chosen,
    target,
    machine: { ...machine, isLasting: true },
    note,
    known: redact.add,
    ...(options.tokens && { tokens: options.tokens }),
    ...(signIn && { signIn }),
  });
  try {
    const { platform, env } = machine;
    const server = chosen.server.name;
    const log = createServerLog({ redact, ...(write && { write }) });
    const open = async (): Promise<Transport> =>
      await createTransport({ server, target, platform, env, log, ...(tokens && { authorize: tokens }) });
    if (!supervise || target.kind !== 'stdio') return { transport: await open(), tokens };
    const supervised = createSupervisedTransport({ server, open, note, ...supervise });
    return { transport: supervised, supervised, tokens };
  } catch (error) {
    await tokens?.close();
    throw error;
  }
}
