/** Where traces, metrics and logs are sent. Only the user's own file decides. */
export interface TelemetrySettings {
  readonly otlp?: OtlpSettings;
}

export interface OtlpSettings {
  /** Without `/v1/traces`; may hold references. */
  readonly endpoint: string;
  /** Header → reference to its value. */
  readonly headers?: Readonly<Record<string, string>>;
  /** All three are sent unless they are false. */
  readonly traces?: boolean;
  readonly metrics?: boolean;
  readonly logs?: boolean;
  /** A minute when absent. */
  readonly metricsEveryMs?: number;
}
