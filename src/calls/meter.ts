import type { Outcome } from '../audit/row.ts';
import type { TokenEvents } from '../auth/tokens/held-sign-in.ts';

/** A call, or one attempt of it, and how long it took. */
export interface MeasuredCall {
  readonly server: string;
  readonly tool: string;
  readonly outcome: Outcome;
  readonly errorType?: string | undefined;
  readonly seconds: number;
}

/** Counts what happens. Implementations are cheap: each call is on the path of a tool call. */
export interface Meter {
  /** As the client sees it. */
  called(call: MeasuredCall): void;
  /** As the server answers it; a call has none, one or several. */
  attempted(attempt: MeasuredCall): void;
  cached(server: string, result: 'hit' | 'miss' | 'stale' | 'bypass'): void;
  rateLimited(server: string): void;
  retried(server: string): void;
  breaker(server: string, state: 'closed' | 'open' | 'half-open'): void;
  restarted(server: string, reason: 'exit' | 'hang' | 'asked'): void;
  /** The shared store did not answer and a local one stood in. */
  storeFailed(): void;
  /** A call was written to the audit log, or could not be. */
  audited(isWritten: boolean): void;
  /** Tokens for a server are in use from here on; milliseconds since 1970, undefined when nobody knows. */
  tokenHeld(server: string, expiresAt: number | undefined): void;
  tokenRenewed(server: string, isRenewed: boolean): void;
  /** A conversation with a server ended, or without one a session of a client. */
  sessionEnded(server: string | undefined, seconds: number): void;
  /** So much telemetry did not reach its collector. */
  telemetryLost(signal: 'traces' | 'metrics' | 'logs', count: number): void;
}

/** Counts what becomes of the tokens for one server. */
export function tokenMeter(meter: Meter, server: string): TokenEvents {
  return {
    held: (expiresAt) => meter.tokenHeld(server, expiresAt),
    renewed: (isRenewed) => meter.tokenRenewed(server, isRenewed),
  };
}

/** For those who count nothing. */
export const SILENT_METER: Meter = {
  called() {},
  attempted() {},
  cached() {},
  rateLimited() {},
  retried() {},
  breaker() {},
  restarted() {},
  storeFailed() {},
  audited() {},
  tokenHeld() {},
  tokenRenewed() {},
  sessionEnded() {},
  telemetryLost() {},
};
