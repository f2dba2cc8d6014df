import type { RegistryEvent } from '../events.ts';
import { createKnownServers, type KnownServers } from '../known-servers.ts';

/** Keeps events in one order. What `append` returned from survives the end of the process. */
export interface Journal {
  /** Hands over, in order, every event that was not handed over before, also those other processes wrote. */
  read(apply: (event: RegistryEvent) => void): Promise<void>;
  /**
   * Reads what is new, lets `decide` say what happens, and keeps that. One at a time over all processes of the
   * registry, so `decide` knows everything; what it throws is thrown, and nothing is kept.
   */
  append(apply: (event: RegistryEvent) => void, decide: () => RegistryEvent | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Keeps files by the SHA-256 of their bytes. */
export interface Artifacts {
  has(sha256: string): Promise<boolean>;
  /** Undefined when there is none. The bytes may have been damaged: whoever uses them compares. */
  read(sha256: string): Promise<Uint8Array | undefined>;
  /** Keeps bytes whose sum the caller has compared; the same file twice is no mistake. */
  save(sha256: string, bytes: Uint8Array): Promise<void>;
}

/** Everything a registry keeps. */
export interface RegistryStore {
  readonly artifacts: Artifacts;
  /** What is known by now. */
  read(): Promise<KnownServers>;
  /** Lets `decide` say what happens, with everything known; undefined when nothing does. Returns once that is durable. */
  change(decide: (known: KnownServers) => RegistryEvent | undefined): Promise<KnownServers>;
  close(): Promise<void>;
}

export function createStore(journal: Journal, artifacts: Artifacts): RegistryStore {
  const known = createKnownServers();
  return {
    artifacts,
    async read() {
      await journal.read(known.apply);
      return known;
    },
    async change(decide) {
      await journal.append(known.apply, () => decide(known));
      return known;
    },
    close: () => journal.close(),
  };
}
