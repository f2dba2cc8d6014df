/** What a load test measured. */
export interface LoadFigures {
  readonly requests: number;
  readonly failures: number;
  /** Requests at once. */
  readonly concurrency: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly perSecond: number;
  /** By what was asked: a method, or `tools/call <tool>`. Durations in milliseconds. */
  readonly latencies: readonly {
    readonly what: string;
    readonly requests: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
  }[];
  /** Bytes of the program with all it started; absent where nobody can tell. */
  readonly memory?: { readonly before: number; readonly after: number };
}
