import type { Outcome } from '../../audit/row.ts';
import type { Observation } from '../observation.ts';

/** What the pages show, sent whole each time something is known anew. */
export interface DashboardState {
  readonly observation: Observation;
  readonly alerts: readonly ShownAlert[];
  readonly activity: Activity;
  /** What changed at servers, the latest first. */
  readonly changes: readonly Change[];
  /** Calls a minute each server may get; 0 without a limit. */
  readonly limits: Readonly<Record<string, number>>;
  readonly viewer: Viewer;
  readonly version: string;
}

/** Who looks at the pages. */
export interface Viewer {
  /** Undefined for the user the process belongs to. */
  readonly principal: string | undefined;
  /** May see processes and the calls of everybody, and restart servers. */
  readonly isOwner: boolean;
}

export interface ShownAlert {
  readonly rule: string;
  readonly server?: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly summary: string;
  /** ISO 8601. */
  readonly since: string;
  /** The command that mends it. */
  readonly hint?: string;
}

/** Calls of the last hour, of all processes, as the audit log has them. */
export interface Activity {
  /** The last minute, which is not over; ISO 8601. */
  readonly until: string;
  /** 60, the oldest first. */
  readonly minutes: readonly Minute[];
  readonly tools: readonly ToolUse[];
  readonly servers: readonly ServerUse[];
}

/** `refused`: by policy or a limit, or cancelled by the client. */
export interface Minute {
  readonly ok: number;
  readonly failed: number;
  readonly refused: number;
}

export interface ToolUse {
  readonly server: string;
  readonly tool: string;
  readonly calls: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export interface ServerUse {
  readonly server: string;
  readonly calls: number;
  readonly failed: number;
  readonly rateLimited: number;
  /** Answers from the cache, and calls it was asked for and had nothing. */
  readonly hits: number;
  readonly misses: number;
  readonly minutes: readonly number[];
}

export interface Change {
  /** ISO 8601. */
  readonly at: string;
  readonly server: string;
  readonly tone: 'good' | 'bad' | 'plain';
  readonly text: string;
}

export interface CallQuery {
  /** `30m`, `24h`, `7d`, or ISO 8601. */
  readonly since?: string;
  readonly until?: string;
  readonly server?: string;
  readonly tool?: string;
  readonly outcome?: Outcome;
  /** How many of the latest are passed over. */
  readonly offset: number;
  /** How many at most. */
  readonly limit: number;
}

/** The latest first. */
export interface CallPage {
  readonly calls: readonly ShownCall[];
  readonly offset: number;
  readonly hasOlder: boolean;
  /** Lines of the log that are no whole, unchanged rows. */
  readonly damaged: number;
}

/** A recorded call without its arguments and its result. */
export interface ShownCall {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly server: string;
  /** Of the tool, else the method. */
  readonly what: string;
  readonly outcome: Outcome;
  readonly errorType?: string;
  readonly ms: number;
  readonly via: 'run' | 'call' | 'chain' | 'gateway';
  readonly client?: string;
  readonly user?: string;
  readonly cache?: string;
  readonly corr: string;
}
