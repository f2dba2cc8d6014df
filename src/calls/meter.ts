import type { Outcome } from '../audit/row.ts';

/** Counts what happens. Implementations are cheap: each call is on the path of a tool call. */
export interface Meter {
  called(call: {
    readonly server: string;
    readonly tool: string;
    readonly outcome: Outcome;
    readonly errorType?: string;
    readonly seconds: number;
  }): void;
  cached(server: string, result: 'hit' | 'miss' | 'stale' | 'bypass'): void;
  rateLimited(server: string): void;
  retried(server: string): void;
  breaker(server: string, state: 'closed' | 'open' | 'half-open'): void;
  restarted(server: string, reason: 'exit' | 'hang' | 'asked'): void;
  /** The shared store did not answer and a local one stood in. */
  storeFailed(): void;
}

/** For those who count nothing. */
export const SILENT_METER: Meter = {
  called() {},
  cached() {},
  rateLimited() {},
  retried() {},
  breaker() {},
  restarted() {},
  storeFailed() {},
};
