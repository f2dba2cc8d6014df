import type { JsonObject } from '../core/json.ts';

/** How tool calls are treated. Only the user's own file decides, but a project's may forbid more (`policy`). */
export interface CallSettings {
  readonly policy: PolicySettings;
  readonly limits: LimitSettings;
  readonly cache: CacheSettings;
  readonly retry: {
    /** Pauses before each further attempt, in milliseconds; as many as there are attempts after the first. */
    readonly pausesMs: readonly number[];
  };
  readonly breaker: BreakerSettings;
  readonly concurrency: ConcurrencySettings;
  readonly fallbacks: Readonly<Record<string, readonly FallbackTool[]>>;
  readonly standIns: StandInSettings;
}

/** Patterns are `server/tool` with `*` for any run of characters, and `@intent` at the end to mean only those. */
export interface PolicySettings {
  /** Only tools that say of themselves that they read. */
  readonly readOnly: boolean;
  /** What is allowed; everything when absent. */
  readonly allow?: readonly string[];
  /** What is not, even when allowed. */
  readonly deny: readonly string[];
  /** What becomes of tools that are not as they were locked: nobody sees or calls them, or somebody is told. */
  readonly changedTools: 'withhold' | 'warn';
  readonly regions: {
    /** Regions calls may go to; all when absent. */
    readonly allowed?: readonly string[];
    /** Server → region. A program on this machine has none and is always allowed. */
    readonly servers: Readonly<Record<string, string>>;
  };
  /** What a project's settings ask besides: both have to allow a call. */
  readonly project?: {
    readonly allow?: readonly string[];
    readonly regions?: PolicySettings['regions'];
  };
}

export interface LimitSettings {
  /** Calls a server may get in any 60 s; 0: any number. */
  readonly perMinute: number;
  /** The same for single servers, by name. */
  readonly servers: Readonly<Record<string, number>>;
  /** The same for single tools, by `server/tool`, besides the server's limit. */
  readonly tools: Readonly<Record<string, number>>;
  /** The same for one principal at one server, besides the server's limit; 0: any number. */
  readonly perPrincipalPerMinute: number;
  /** How long a call over the limit may wait for its turn, in milliseconds; 0 refuses at once. */
  readonly waitMs: number;
}

export interface CacheSettings {
  /** Whether lists and resources are served from the cache as long as their server allows. */
  readonly lists: boolean;
  /** Tools whose results may be kept, by `server/tool`. */
  readonly tools: Readonly<Record<string, CachedTool>>;
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** Larger results are not kept. */
  readonly maxResultBytes: number;
}

export interface CachedTool {
  readonly ttlMs: number;
  /** True: one result for every principal. */
  readonly shared: boolean;
  /** How long after `ttlMs` a result may still be served, marked as stale, when the server fails. */
  readonly staleIfErrorMs: number;
}

export interface BreakerSettings {
  readonly enabled: boolean;
  /** So many failures in a row open it. */
  readonly failures: number;
  /** So does this share of failures among at least `minimum` calls within `windowMs`. */
  readonly ratio: number;
  readonly minimum: number;
  readonly windowMs: number;
  /** How long it stays open at most before one call may try; it begins with a second and doubles. */
  readonly openMs: number;
}

export interface ConcurrencySettings {
  /** Calls a server works on at once; 0: any number. */
  readonly perServer: number;
  readonly servers: Readonly<Record<string, number>>;
  /** Calls that may wait for their turn, for each server. */
  readonly queue: number;
}

/** A tool that can do what its capability says. */
export interface FallbackTool {
  readonly server: string;
  readonly tool: string;
  /** Parameter of the capability → argument of this tool; the same names when absent. */
  readonly arguments?: Readonly<Record<string, ArgumentForm>>;
  /** Arguments it always has: a call of it without them is none of the capability. */
  readonly constants?: JsonObject;
}

/** The argument a parameter goes to, as it is; "" where it may be left out. */
export type ArgumentForm =
  | string
  | {
      /** Several hold the parts of a value with slashes. */
      readonly argument: string | readonly string[];
      /** It is a list of one. */
      readonly isList?: boolean;
      /** Value of the parameter → value of the argument; others have no counterpart. */
      readonly values?: Readonly<Record<string, string>>;
      /** Only words have a counterpart, no operators of a query. */
      readonly isWords?: boolean;
      /** What the argument is made of, with `{}` for the words in quotes; it cannot be read back. */
      readonly text?: string;
      /** What the words mean elsewhere, with `{}` for them; nothing else can be asked of this tool. */
      readonly means?: string;
    };

/** Which of the capabilities mcpctl knows count, of the servers that are here. */
export interface StandInSettings {
  readonly capabilities: readonly string[];
  /** Arguments that tools need besides, by `server/tool`. */
  readonly given: Readonly<Record<string, JsonObject>>;
}

/** How long tool calls may take, in milliseconds. */
export interface CallTimeouts {
  readonly toolMs: number;
  /** For the tools named in `slowTools`. */
  readonly slowToolMs: number;
  /** Patterns like those of the policy. */
  readonly slowTools: readonly string[];
  /** However much progress a tool reports. */
  readonly toolTotalMs: number;
}

/** Where shared state of several processes is. */
export interface StoreSettings {
  readonly kind: 'memory' | 'redis';
  /** `redis://` or `rediss://`; may hold references such as `${REDIS_URL}`. */
  readonly url?: string;
}

/** What clients are shown: every tool, or two with which the others are found and called. */
export type GatewayMode = 'full' | 'search';

/** A part of what the gateway offers. It only narrows: policy is asked all the same. */
export interface ProfileSettings {
  readonly description?: string;
  /** Patterns like those of the policy; everything when absent. */
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  /** The gateway's when absent. */
  readonly mode?: GatewayMode;
}

export const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export interface GatewaySettings {
  readonly port: number;
  /** Servers it offers; all that are not disabled when absent. */
  readonly servers?: readonly string[];
  readonly mode: GatewayMode;
  readonly profiles: Readonly<Record<string, ProfileSettings>>;
  /** A server nobody called for so long is stopped, in milliseconds; 0 keeps it. */
  readonly idleStopMs: number;
  /** How long a client may be silent before its session ends, in milliseconds. */
  readonly sessionIdleMs: number;
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
}

/** Which pipelines the gateway offers as tools, of those whose files say that they are published. */
export interface PipelineSettings {
  /** Files and folders besides `pipelines` in the folder of the settings; absolute, or beginning with `~/`. */
  readonly files: readonly string[];
  /** Names, or `*`, of those whose writes nobody is asked about. */
  readonly unattended: readonly string[];
}

export const DEFAULT_CALL_SETTINGS: CallSettings = {
  policy: { readOnly: false, deny: [], changedTools: 'withhold', regions: { servers: {} } },
  limits: { perMinute: 100, servers: {}, tools: {}, perPrincipalPerMinute: 0, waitMs: 0 },
  cache: {
    lists: true,
    tools: {},
    maxEntries: 10_000,
    maxBytes: 64 * 1024 * 1024,
    maxResultBytes: 1024 * 1024,
  },
  retry: { pausesMs: [1000, 2000, 4000] },
  breaker: { enabled: true, failures: 5, ratio: 0.5, minimum: 10, windowMs: 60_000, openMs: 30_000 },
  concurrency: { perServer: 10, servers: {}, queue: 100 },
  fallbacks: {},
  standIns: {
    capabilities: ['web-search', 'web-page', 'docs', 'issue-search', 'repository-search'],
    given: {},
  },
};

export const DEFAULT_CALL_TIMEOUTS: CallTimeouts = {
  toolMs: 10_000,
  slowToolMs: 30_000,
  slowTools: [],
  toolTotalMs: 600_000,
};

export const DEFAULT_GATEWAY_SETTINGS: GatewaySettings = {
  port: 8477,
  mode: 'full',
  profiles: {},
  idleStopMs: 600_000,
  sessionIdleMs: 1_800_000,
  maxBodyBytes: 4 * 1024 * 1024,
  maxConnections: 256,
};
