import type { Workbench } from '../workbench.ts';

/** One way a machine can be broken, and what doctor must say about it. */
export interface Case {
  readonly name: string;
  readonly code: string;
  /** `error` unless said. */
  readonly severity?: 'error' | 'warning' | 'info';
  /** Part of the subject of the finding. */
  readonly subject?: string;
  /** Arguments after `doctor --json`. */
  readonly args: readonly string[];
  readonly shell?: string;
  readonly user?: number;
  build(bench: Workbench): Promise<unknown>;
}
