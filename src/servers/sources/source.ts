import type { LockRuntime, LockSource } from '../../manifest/lock-schema.ts';
import type { Machine } from '../machine.ts';
import type { Installed } from '../npm/install.ts';
import type { NpmResolution } from '../npm/resolve.ts';
import type { Spec, Wanted } from '../spec.ts';

/** The plain command that starts a server, as it goes into the manifest. */
export interface PlainCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** A spec with its exact version found; nothing is installed yet. */
export interface Resolution {
  /** May ask for more than the spec it came from: a bundle's settings are known once it was read. */
  readonly spec: Spec;
  readonly source: LockSource;
  readonly runtime?: LockRuntime;
  /** Lines for the plan: what will be fetched and with which safeguards. */
  readonly facts: readonly string[];
  /** Packages with install scripts, which run only when approved. */
  readonly scripted: readonly string[];
  /** The pinned command for the manifest; undefined for servers reached by URL. `spec` has its blanks filled. */
  command(spec: Spec): PlainCommand | undefined;
  /** What was worked out for npm, so that several packages are fetched by one run. */
  readonly npm?: NpmResolution;
  /** Fetches and verifies; absent when there is nothing to fetch. */
  install?(): Promise<Installed>;
}

export interface ResolveOptions {
  /** True when the user approved install scripts. */
  readonly allowScripts: boolean;
}

/** One kind of place servers come from. A new kind is one object in one file of this folder. */
export interface PackageSource<Type extends Wanted['type'] = Wanted['type']> {
  readonly type: Type;
  /** Programs that must be on PATH; of an inner list any one will do. */
  readonly programs: readonly (readonly string[])[];
  /** Finds the exact version. Throws McpctlError; leaves nothing behind. */
  resolve(spec: SpecOf<Type>, machine: Machine, options: ResolveOptions): Promise<Resolution>;
}

export type SpecOf<Type extends Wanted['type']> = Spec & { readonly wanted: Extract<Wanted, { type: Type }> };
