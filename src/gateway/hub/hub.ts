import type { Envelope } from '../../mcp/envelope.ts';
import type { ProbeAnswer, ProbeRequest } from '../control/probe.ts';
import type { RecentCalls } from '../metrics/recent-calls.ts';
import type { ClientRequest, GatewayClient } from './client.ts';

/** Answers clients for all servers. Fronts carry what it says. */
export interface Hub {
  /**
   * The answer, one line with the request's id. Never rejects: failures become JSON-RPC errors. `subscriptions/listen`
   * settles when it ends.
   */
  request(request: ClientRequest): Promise<Buffer>;
  /** A notification other than `notifications/cancelled`, which aborts the request's signal. */
  notification(client: GatewayClient, line: Buffer, envelope: Envelope): void;
  /** A client is gone: what was kept for it ends. */
  gone(client: GatewayClient): void;
  servers(): readonly HubServer[];
  /** Settles when its tools were listed again. @throws what starting throws. */
  restart(server: string, reason?: 'hang' | 'asked'): Promise<void>;
  /** Asks a server whether it is there. @throws why it is not, and SERVER_UNKNOWN. */
  probe(server: string, request: ProbeRequest): Promise<ProbeAnswer>;
  /** Ends every server. Requests under way were answered or aborted before. */
  close(): Promise<void>;
}

/** `dormant`: not started until somebody needs it. `failed`: crashed too often. `stopped`: on purpose. */
export type ServerState =
  | 'healthy'
  | 'degraded'
  | 'starting'
  | 'dormant'
  | 'needs-auth'
  | 'failed'
  | 'stopped';

export interface HubServer {
  readonly name: string;
  readonly state: ServerState;
  /** Why, unless healthy. */
  readonly reason?: string;
  /** Of that reason, from the error codes. */
  readonly code?: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly era?: 'legacy' | 'modern';
  readonly tools?: number;
  /** Names of tools that are not what was locked. */
  readonly changed?: readonly string[];
  readonly pids: readonly number[];
  readonly restarts: number;
  /** When it last answered; milliseconds since 1970. */
  readonly answeredAt?: number;
  /** Its calls lately; absent without any. */
  readonly recent?: RecentCalls;
}
