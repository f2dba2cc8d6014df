import type { CallRow } from '../../audit/row.ts';
import type { Observation } from '../observation.ts';
import type { CallPage, CallQuery, ShownAlert, Viewer } from './wire.ts';

/** What the pages know and do, handed in by whoever serves them. */
export interface DashboardSources {
  readonly version: string;
  now(): Date;
  /**
   * Begins to watch, and gives every observation to the listener, the last one at once. What is returned ends it.
   * Called when somebody looks at a page while nobody did.
   */
  watch(listener: (observation: Observation) => void): () => void;
  /** Those that fire. */
  alerts(): Promise<readonly ShownAlert[]>;
  /** Calls a minute a server may get; 0: any number. */
  limitOf(server: string): number;
  /** Calls that were recorded since the time before, those of the last hour at first. */
  newCalls(): Promise<readonly CallRow[]>;
  /** @throws USAGE for a query that makes no sense. */
  findCalls(query: CallQuery, viewer: Viewer): Promise<CallPage>;
  /** Starts a server again wherever it runs. @throws why it did not work. */
  restart(server: string): Promise<void>;
}
