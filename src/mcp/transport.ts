import type { McpctlError } from '../core/errors.ts';
import type { Envelope } from './envelope.ts';

export interface TransportHandlers {
  /** One message from the server, bytes as they came; they may end with a line break. */
  message(bytes: Buffer, envelope: Envelope): void;
  /** The connection is gone; called once, with the reason unless `close` was called. */
  closed(reason: McpctlError | undefined): void;
  /** What is sent from here on reaches nobody; `closed` follows when everything the server said was handed out. */
  ending?(): void;
  /** True: hold back further messages to the server; false: go on. */
  congested?(isCongested: boolean): void;
}

/** A way to a server. It carries bytes; who reads them is above. */
export interface Transport {
  /** Called once, before the first `send`. Throws McpctlError when the server cannot be reached or started. */
  start(handlers: TransportHandlers): Promise<void>;
  /**
   * Sends one message, with or without its line break; `envelope` is absent when it is none we know. What it returns settles when the message, over HTTP also
   * its answer, went through, and rejects with an McpctlError when it could not.
   */
  send(bytes: Buffer, envelope: Envelope | undefined): Promise<void> | undefined;
  /** Process ids of its program, while it runs. */
  readonly pids?: readonly number[];
  /** Stops or resumes messages from the server, where the transport can. */
  pause?(): void;
  resume?(): void;
  /** Ends the connection, and the program if there is one. Safe to call again. */
  close(patience?: { readonly eofMs?: number; readonly termMs?: number }): Promise<void>;
}

/** How to reach a server, every reference resolved. */
export type ServerTarget = StdioTarget | RemoteTarget;

export interface StdioTarget {
  readonly kind: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface RemoteTarget {
  readonly kind: 'remote';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Streamable HTTP or the HTTP+SSE of 2024-11-05; found out when absent. */
  readonly transport?: 'http' | 'sse';
}
