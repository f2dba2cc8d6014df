import type { Json } from '../../core/json.ts';
import type { HubServer } from '../hub/hub.ts';
import type { RecentCalls } from '../metrics/recent-calls.ts';
import type { MetricsSnapshot } from '../metrics/snapshot.ts';
import type { ProbeAnswer, ProbeRequest } from './probe.ts';

/** Grows when an older process could not understand a request, or a newer one an answer. */
export const CONTROL_VERSION = 1;

/** One line of JSON each way, `v` and the key of the process beside it. */
export type ControlRequest =
  | { readonly ask: 'ping' }
  | { readonly ask: 'status' }
  | { readonly ask: 'metrics' }
  | { readonly ask: 'stop' }
  /** Answered like `status`, at once and again after each change, until the connection ends. */
  | { readonly ask: 'follow' }
  | ({ readonly ask: 'probe'; readonly server: string } & ProbeRequest)
  | { readonly ask: 'restart'; readonly server: string; readonly reason?: 'hang' | 'asked' }
  | { readonly ask: 'cache'; readonly action: 'stats' | 'clear'; readonly server?: string };

export interface ControlStatus {
  readonly pid: number;
  readonly kind: 'run' | 'gateway';
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly rssBytes: number;
  readonly servers: readonly HubServer[];
  /** Times a call could not be recorded in the audit log. */
  readonly auditFailures?: number;
  /** Sign-ins that were renewed, and renewals that failed. */
  readonly signIns?: { readonly succeeded: number; readonly failed: number };
}

/** What each question is answered with. */
export interface ControlAnswers {
  readonly ping: Record<string, never>;
  readonly status: ControlStatus;
  readonly follow: ControlStatus;
  readonly probe: ProbeAnswer;
  readonly metrics: MetricsSnapshot;
  readonly stop: Record<string, never>;
  /** After the server answered again. */
  readonly restart: Record<string, never>;
  readonly cache: Json;
}

/** What a process does when it is asked. Throws McpctlError, without secrets, where it cannot. */
export interface ControlHandlers {
  servers(): readonly HubServer[];
  metrics(): MetricsSnapshot;
  /** Begins an orderly end of the process. */
  stop(): void;
  restart(server: string, reason: 'hang' | 'asked'): Promise<void>;
  /** Asks a server whether it is there. */
  probe(server: string, request: ProbeRequest): Promise<ProbeAnswer>;
  /** Calls of a server within the last minutes. */
  recent(server: string): RecentCalls | undefined;
  /** Absent where nothing is cached. */
  cache?(action: 'stats' | 'clear', server: string | undefined): Promise<Json>;
}
