import type { Observation } from './observation.ts';

/** Watches all servers until it is closed. */
export interface Watcher {
  /** The last observation; undefined before the first look at which servers there are. */
  readonly latest: Observation | undefined;
  /**
   * Gets every observation from now on, the last one at once: after each change, and at least once a second. What is
   * returned ends it.
   */
  subscribe(listener: (observation: Observation) => void): () => void;
  /** Settles when every server was looked at once, with what was found. */
  firstRound(): Promise<Observation>;
  /**
   * Starts a server again in every process that runs it; where nobody does, the watcher tries it anew.
   * @throws SERVER_UNKNOWN, and why the first of them did not work.
   */
  restart(server: string): Promise<void>;
  /** Probes no more; processes are still listened to. */
  pause(): void;
  resume(): void;
  readonly isPaused: boolean;
  /** Probes one server, or all of them, now. @throws SERVER_UNKNOWN */
  probeNow(server?: string): Promise<Observation>;
  /** Ends sessions of its own. Safe to call again. */
  close(): Promise<void>;
}
