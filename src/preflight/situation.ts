import type { Survey } from '../clients/survey.ts';
import type { McpctlError } from '../core/errors.ts';
import type { Lock, LockEntry } from '../manifest/lock-schema.ts';
import type { Keychain } from '../secrets/keychain.ts';
import type { ConfiguredServer, Prepared } from './configured-server.ts';
import type { Machine } from './machine.ts';
import type { NpmConfig } from './npm-config.ts';
import type { Reach, ReachOptions } from './reach.ts';

/** A manifest file with its lock, however broken. */
export interface ManifestState {
  readonly path: string;
  readonly scope: 'user' | 'project';
  readonly exists: boolean;
  readonly lock: Lock;
  /** Names of all sound entries. */
  readonly names: readonly string[];
  /** Names of entries that cannot be used. */
  readonly broken: readonly string[];
  /** Why the manifest or the lock could not be read. */
  readonly failures: readonly McpctlError[];
}

export type Reinstall = (name: string, lock: LockEntry) => Promise<void>;

/** A server that stands in the user's manifest, and maybe in clients, for a `dev` that has ended. */
export interface Leftover {
  readonly server: string;
  takeOut(): Promise<void>;
}

/** All a check may look at. Facts that cost something are read once, when the first check asks. */
export interface Situation {
  readonly machine: Machine;
  readonly manifests: readonly ManifestState[];
  readonly servers: readonly ConfiguredServer[];
  readonly isOffline: boolean;
  /** The installed clients; throws CLIENT_RECORD_BROKEN. */
  clients(): Promise<Survey>;
  npmConfig(): Promise<NpmConfig>;
  /** Address of the npm registry; undefined where npm is missing or does not say. */
  registryAddress(): Promise<string | undefined>;
  /** One request to the npm registry. */
  registry(): Promise<Reach>;
  /** Proxy and certificates for the way to a URL, as npm and the proxy variables have them. */
  route(url: URL): Promise<Pick<ReachOptions, 'proxy' | 'certificates'>>;
  openKeychain(): Promise<Keychain>;
  /** Installs what the lock names again; undefined where that cannot be done. */
  readonly reinstall: Reinstall | undefined;
  prepare(server: ConfiguredServer, signal: AbortSignal): Promise<Prepared>;
}
