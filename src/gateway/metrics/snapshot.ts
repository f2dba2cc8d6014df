/** Everything one process counted so far, as its control socket gives it away. */
export interface MetricsSnapshot {
  /** As clients see them. */
  readonly calls: readonly CallSeries[];
  /** Attempts of the same, as servers answer them. */
  readonly attempts: readonly CallSeries[];
  /** Of everything else. */
  readonly durations: readonly DurationSeries[];
  readonly series: readonly Series[];
}

export interface Durations {
  /** Seconds, of all together. */
  readonly sum: number;
  /** One more than there are bounds: how many took at most each bound and longer than the one before. */
  readonly counts: readonly number[];
}

/** Durations of calls of one tool that ended in one way. */
export interface CallSeries extends Durations {
  readonly server: string;
  readonly tool: string;
  /** Empty for calls that went well. */
  readonly error: string;
}

export interface DurationSeries extends Durations {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A value of a counter or a gauge. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
