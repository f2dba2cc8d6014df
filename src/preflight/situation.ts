import type { ServerEntry } from '../manifest/entry.ts';
import type { LockEntry } from '../manifest/lock-schema.ts';
import type { Machine } from './machine.ts';
import type { NpmConfig } from './npm-config.ts';
import type { Prepared } from './prepare.ts';
import type { Reach, ReachOptions } from './reach.ts';

/** One server of a manifest, as the checks need it. */
export interface ConfiguredServer {
  readonly name: string;
  readonly entry: ServerEntry;
  readonly scope: 'user' | 'project';
  /** Path of the manifest it stands in. */
  readonly manifest: string;
  readonly lock: LockEntry | undefined;
}

/** All a check may look at. Facts that cost something are read once, when the first check asks. */
export interface Situation {
  readonly machine: Machine;
  readonly servers: readonly ConfiguredServer[];
  /** True when an app that a desktop starts (no terminal) is installed. */
  readonly hasDesktopClients: boolean;
  readonly isOffline: boolean;
  npmConfig(): Promise<NpmConfig>;
  /** One request to the npm registry. */
  registry(): Promise<Reach>;
  /** Proxy and certificates for the way to a URL, as npm and the proxy variables have them. */
  route(url: URL): Promise<Pick<ReachOptions, 'proxy' | 'certificates'>>;
  prepare(server: ConfiguredServer, signal: AbortSignal): Promise<Prepared>;
}
