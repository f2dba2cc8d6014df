export const AREAS = ['protocol', 'schema', 'examples', 'security', 'load', 'conformance'] as const;

export type Area = (typeof AREAS)[number];

export type Severity = 'error' | 'warning';

export interface CheckFacts {
  /** What a problem counts as unless the check knows better. */
  readonly severity: Severity;
  /** What is true of a server that passes, in half a sentence. */
  readonly title: string;
  /** What puts it right, in general. */
  readonly remedy: string;
}
