import type { McpctlError } from '../../core/errors.ts';
import type { Envelope } from '../../mcp/envelope.ts';

/** Answers the tool calls of the client of a relay, through the layers. Everything else is the relay's. */
export interface ClientCalls {
  /** A line of the client, before it is sent. True: it was taken, and what comes of it is told by `answered`. */
  fromClient(line: Buffer, envelope: Envelope | undefined): boolean;
  /** A line of the server as its client is to see it; undefined when it is none of the client's business. */
  fromServer(line: Buffer, envelope: Envelope): Buffer | undefined;
  /** Settles when no call waits to be sent. */
  allSent(): Promise<void>;
  /** There is no server any more: calls under way and to come are answered with the reason. Settles when they are. */
  end(reason: McpctlError): Promise<void>;
  /** Records what is still open, and closes the log. */
  close(): Promise<void>;
}

/** What the relay does for them. */
export interface RelayPorts {
  /** To the server. Settles or rejects as the transport's `send`. */
  send(line: Buffer, envelope: Envelope): Promise<void> | undefined;
  /** The same for a line that is no call; who sent it is told when that fails. */
  pass(line: Buffer, envelope: Envelope | undefined): void;
  /** The answer to requests of the client, to be written. */
  answered(ids: readonly string[], line: Buffer): void;
  /** The reason without secrets, as it may be told. */
  known(error: unknown): McpctlError;
}
