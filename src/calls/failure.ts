import type { Outcome } from '../audit/row.ts';
import { McpctlError } from '../core/errors.ts';
import type { ToolCall } from './tool-call.ts';

/** True when it is certain that nothing of the call reached its server. */
export function isUnsent(error: unknown): boolean {
  return error instanceof McpctlError && error.data?.sent === false;
}

/** How long the server, or a limit, asks to be left alone, in milliseconds. */
export function retryAfterOf(error: unknown): number | undefined {
  const ms = error instanceof McpctlError ? error.data?.retryAfterMs : undefined;
  return typeof ms === 'number' && ms >= 0 ? ms : undefined;
}

export function codeOf(error: unknown): string {
  return error instanceof McpctlError ? error.code : 'INTERNAL';
}

const BY_CODE: Readonly<Partial<Record<string, Outcome>>> = {
  AUDIT_UNWRITABLE: 'denied',
  CANCELLED: 'cancelled',
  RATE_LIMITED: 'rate_limited',
  REGION_REFUSED: 'denied',
  SERVER_ERROR: 'error',
  SERVER_TIMEOUT: 'timeout',
  SETTINGS_INVALID: 'denied',
  TOOL_DENIED: 'denied',
};

/** What the log and the metrics say of a call without an answer. */
export function outcomeOfFailure(
  error: unknown,
  { intent }: Pick<ToolCall, 'intent'>,
): { readonly outcome: Outcome; readonly errorType?: string } {
  const code = codeOf(error);
  const outcome = BY_CODE[code];
  if (outcome === 'cancelled') return { outcome };
  if (outcome !== undefined) return { outcome, errorType: code };
  return { outcome: intent === 'read' || isUnsent(error) ? 'error' : 'outcome_unknown', errorType: code };
}
