export type Severity = 'error' | 'warning' | 'info';

export interface CodeFacts {
  /** How bad it is unless the check knows better for this machine. */
  readonly severity: Severity;
  readonly meaning: string;
  /** What puts it right, in general. */
  readonly remedy: string;
}
