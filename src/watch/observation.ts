import type { ServerState } from '../gateway/hub/hub.ts';

/** What is known of all servers at one moment: the data of `status`, of each line of `watch --json`, of pages and rules. */
export interface Observation {
  /** ISO 8601. */
  readonly at: string;
  /** What concerns all servers together and makes none of them unhealthy. */
  readonly warnings: readonly Remark[];
  readonly servers: readonly ObservedServer[];
  readonly processes: readonly ObservedProcess[];
  /** Times a call could not be recorded in the audit log since the processes began. */
  readonly auditFailures: number;
  /** Sign-ins renewed, and renewals that failed, since the processes began; absent where nobody counts them. */
  readonly signIns?: { readonly succeeded: number; readonly failed: number };
}

/** Something worth telling: a stable code, what it is, and what to do. */
export interface Remark {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export interface ObservedServer {
  readonly name: string;
  readonly scope: 'user' | 'project';
  readonly transport: 'stdio' | 'http';
  readonly state: ServerState;
  /** When it came into that state; ISO 8601. */
  readonly since: string;
  /** Why it is not healthy. */
  readonly reason?: Remark;
  /** What somebody should know although it is as healthy as its state says: much memory, changed tools. */
  readonly warnings: readonly Remark[];
  readonly era?: 'legacy' | 'modern';
  /** Locked version, where there is one. */
  readonly version?: string;
  /** The last probe, or the real call that stood in for it. */
  readonly probe?: { readonly at: string; readonly ok: boolean; readonly ms: number };
  /** The last harmless call (`--deep`); `refused`: it was not made. Absent where none is known. */
  readonly check?: {
    readonly tool: string;
    readonly at: string;
    readonly outcome: 'ok' | 'failed' | 'refused';
    readonly ms: number;
    readonly message?: string;
  };
  /** ISO 8601; absent while it is paused, stopped or probed by nobody. */
  readonly nextProbeAt?: string;
  /** Of real calls within the last five minutes. */
  readonly calls: {
    readonly perMinute: number;
    /** 0 to 1; null without calls. */
    readonly errorRatio: number | null;
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
    readonly rateLimitedPerMinute: number;
  };
  /** 0 to 1, of the same minutes; null when the cache was not asked. */
  readonly cacheHitRatio: number | null;
  /** Since the processes began. */
  readonly restarts: number;
  /** Of all its processes together, in bytes; null where it has none here. */
  readonly rssBytes: number | null;
  readonly tools: {
    readonly offered: number | null;
    readonly locked: number | null;
    /** Names of tools that are not what was locked. */
    readonly changed: readonly string[];
  };
  /** Of the sign-in, where it has one; ISO 8601 or null when it does not expire. */
  readonly token?: { readonly expiresAt: string | null };
  /** Processes of mcpctl that run it. */
  readonly owners: readonly { readonly pid: number; readonly kind: 'run' | 'gateway' | 'watch' }[];
}

export interface ObservedProcess {
  readonly pid: number;
  readonly kind: 'run' | 'gateway' | 'watch';
  readonly startedAt: string;
  readonly version: string;
  readonly cwd: string;
  readonly rssBytes: number;
  readonly servers: readonly string[];
}
