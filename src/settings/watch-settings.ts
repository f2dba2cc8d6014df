/** How servers are watched. Only the user's own file decides. */
export interface WatchSettings {
  /** Between two probes of a server that runs, in milliseconds. */
  readonly intervalMs: number;
  /** The same for programs nobody runs, which are started for it. */
  readonly idleIntervalMs: number;
  /** Longest wait for the answer to a probe, in milliseconds. */
  readonly timeoutMs: number;
  /** Failed probes in a row after which a server is restarted. */
  readonly failures: number;
  /** Whether the harmless call the catalog knows is made as well. */
  readonly deep: boolean;
  /** Between two such calls, in milliseconds; never less than between two probes. */
  readonly deepIntervalMs: number;
  /** An answer that takes longer is slow, in milliseconds. */
  readonly slowMs: number;
  /** Memory above which a server is reported, in bytes. */
  readonly serverMemoryBytes: number;
  /** The same for all servers together. */
  readonly totalMemoryBytes: number;
  /** How long states are remembered, in days. */
  readonly historyDays: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_WATCH_SETTINGS: WatchSettings = {
  intervalMs: 30_000,
  idleIntervalMs: 600_000,
  timeoutMs: 5000,
  failures: 3,
  deep: false,
  deepIntervalMs: 600_000,
  slowMs: 2000,
  serverMemoryBytes: 500 * MIB,
  totalMemoryBytes: 3 * 1024 * MIB,
  historyDays: 90,
};
