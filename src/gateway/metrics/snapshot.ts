/** Everything one process counted so far, as its control socket gives it away. */
export interface MetricsSnapshot {
  readonly calls: readonly CallSeries[];
  readonly series: readonly Series[];
}

/** Durations of calls of one tool that ended in one way. */
export interface CallSeries {
  readonly server: string;
  readonly tool: string;
  /** Empty for calls that went well. */
  readonly error: string;
  /** Seconds, of all together. */
  readonly sum: number;
  /** One more than there are bounds: how many took at most each bound and longer than the one before. */
  readonly counts: readonly number[];
}

/** A value of a counter or a gauge. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
