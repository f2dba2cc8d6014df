import type { IncomingMessage } from 'node:http';
import type { GatewaySettings } from '../../settings/call-settings.ts';
import type { Hub } from '../hub/hub.ts';
import type { ProfileDoor } from './profile-door.ts';
import type { Reply } from './reply.ts';

export interface HttpFrontOptions {
  readonly hub: Hub;
  readonly host: string;
  /** 0: one the system picks. */
  readonly port: number;
  readonly limits: HttpLimits;
  /** The one server `/mcp` offers, its names as they are. */
  readonly only?: string;
  /** Whose bearer token it is; undefined when nobody's. */
  principalOf(authorization: string | undefined): Promise<string | undefined> | string | undefined;
  /** Which profile a caller has; nobody has one when absent. */
  readonly profiles?: ProfileDoor;
  /** What `/metrics` shows. */
  metrics?(): Promise<Metrics>;
  /** A session of a client is over; seconds. */
  sessionEnded?(seconds: number): void;
  /** Answers requests for further pages, by rules of its own; false for a path that is none of its. */
  pages?(request: IncomingMessage, response: Reply): boolean;
  /** Gets failures nobody expected. */
  failed(error: unknown): void;
}

export type HttpLimits = Pick<GatewaySettings, 'sessionIdleMs' | 'maxBodyBytes' | 'maxConnections'>;

export interface Metrics {
  readonly contentType: string;
  readonly text: string;
}
