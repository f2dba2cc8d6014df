import { type AlertSettings, DEFAULT_ALERT_SETTINGS } from './alert-settings.ts';
import {
  type CallSettings,
  type CallTimeouts,
  DEFAULT_CALL_SETTINGS,
  DEFAULT_CALL_TIMEOUTS,
  DEFAULT_GATEWAY_SETTINGS,
  type GatewaySettings,
  type PipelineSettings,
  type StoreSettings,
} from './call-settings.ts';
import { DEFAULT_ROUTING_SETTINGS, type RoutingSettings } from './routing-settings.ts';
import type { TelemetrySettings } from './telemetry-settings.ts';
import { DEFAULT_WATCH_SETTINGS, type WatchSettings } from './watch-settings.ts';

/** What is recorded of calls, and for how long. Only the user's own file decides, never a project's. */
export interface AuditSettings {
  readonly enabled: boolean;
  readonly payloads: boolean;
  /** Whether each row waits for the disk. */
  readonly syncsEach: boolean;
  readonly key: 'keychain' | 'file' | 'none';
  readonly onFailure: 'refuse' | 'continue';
  readonly retentionDays: number;
  readonly hold: boolean;
  readonly region?: string;
}

/** The policy in force: defaults, the user's file over them, the project's over both. */
export interface Settings extends CallSettings {
  readonly auth: {
    /** URL of a client ID metadata document; servers that take one are not registered with. */
    readonly clientMetadataUrl?: string;
    /** Where new sign-ins go when nobody says where. */
    readonly store: string;
  };
  readonly audit: AuditSettings;
  /** Ids of clients that are written; undefined means every client found. */
  readonly clients?: readonly string[];
  readonly defaultScope: 'user' | 'project';
  readonly network: {
    /** Host names, addresses and ranges that are asked although they are not public. */
    readonly allowPrivate: readonly string[];
  };
  readonly registries: {
    readonly mcp?: string;
    readonly npm?: string;
    readonly pypi?: string;
    /** MCP registries asked before `mcp`, the first that has a name wins. Only the user's own file decides. */
    readonly own: readonly OwnRegistry[];
    /** Whether registries of `own` are told that a server of theirs was added. */
    readonly countInstalls: boolean;
  };
  readonly registryServer: {
    readonly port: number;
    /** Reference to the address of a PostgreSQL; a folder keeps the registry when absent. */
    readonly postgres?: string;
  };
  readonly secrets: {
    /** Where a value goes when nobody says where. */
    readonly store: 'keychain' | 'env';
  };
  readonly store: StoreSettings;
  readonly gateway: GatewaySettings;
  readonly pipelines: PipelineSettings;
  readonly alerts: AlertSettings;
  readonly timeouts: CallTimeouts & {
    readonly callMs: number;
    readonly startMs: number;
  };
  readonly watch: WatchSettings;
  readonly routing: RoutingSettings;
  readonly telemetry: TelemetrySettings;
}

/** An MCP registry of one's own or of an organisation. */
export interface OwnRegistry {
  readonly name: string;
  readonly url: string;
  /** Names that come from here or from nowhere, as patterns such as `io.acme/*`. */
  readonly namespaces?: readonly string[];
  /** Reference to the token it wants. */
  readonly token?: string;
}

/** Where a sign-in may be kept, as `auth.store` and `--store` take it. */
export const STORE_NAME = /^(keychain|file|memory|helper:[A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;

export const DEFAULT_SETTINGS: Settings = {
  ...DEFAULT_CALL_SETTINGS,
  auth: { store: 'keychain' },
  audit: {
    enabled: true,
    payloads: false,
    syncsEach: false,
    key: 'keychain',
    onFailure: 'refuse',
    retentionDays: 183,
    hold: false,
  },
  defaultScope: 'user',
  network: { allowPrivate: [] },
  registries: { own: [], countInstalls: false },
  registryServer: { port: 7800 },
  secrets: { store: 'keychain' },
  store: { kind: 'memory' },
  gateway: DEFAULT_GATEWAY_SETTINGS,
  pipelines: { files: [], unattended: [] },
  alerts: DEFAULT_ALERT_SETTINGS,
  timeouts: { ...DEFAULT_CALL_TIMEOUTS, callMs: 60_000, startMs: 30_000 },
  watch: DEFAULT_WATCH_SETTINGS,
  routing: DEFAULT_ROUTING_SETTINGS,
  telemetry: {},
};
