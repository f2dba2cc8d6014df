import type { Scope } from '../manifest/scopes.ts';
import type { Finding } from './finding.ts';
import type { Situation } from './situation.ts';

export const AREAS = ['machine', 'manifest', 'clients', 'servers'] as const;

export type Area = (typeof AREAS)[number];

/** What a check says: what is wrong, and half a line for the table when nothing is. */
export interface Outcome {
  readonly findings: readonly Finding[];
  /** E.g. `20.20.2` for the Node version. */
  readonly detail?: string;
  /** True when there was nothing to check. */
  readonly isSkipped?: boolean;
}

/** One question about the machine, the manifests or the clients. One object in one file. */
export interface Check {
  readonly id: string;
  readonly area: Area;
  readonly title: string;
  /** Left out with `--offline`. */
  readonly needsNetwork?: boolean;
  /** Milliseconds; 10 000 by default. */
  readonly deadlineMs?: number;
  run(situation: Situation, signal: AbortSignal): Promise<Outcome>;
}

/** What became of one check, or of one client or server. */
export interface Verdict {
  readonly id: string;
  readonly area: Area;
  readonly title: string;
  /** Of the manifest a server stands in; servers only. */
  readonly scope?: Scope;
  readonly state: 'ok' | 'info' | 'warning' | 'error' | 'skipped';
  readonly detail: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly findings: readonly Finding[];
}
