import { type McpctlError, needsSignIn } from '../core/errors.ts';
import type { ServerState } from '../gateway/hub/hub.ts';
import type { Remark } from './observation.ts';

/** It answers nothing while it works on a call. */
export function isBusy({ code }: McpctlError): boolean {
  return code === 'SERVER_SLOW';
}

/** What another attempt may find gone. Everything else stays as it is until somebody does something. */
const PASSING = new Set([
  'SERVER_BUSY',
  'SERVER_CALL_FAILED',
  'SERVER_ERROR',
  'SERVER_EXITED',
  'SERVER_SLOW',
  'SERVER_TIMEOUT',
  'SERVER_UNREACHABLE',
  'PROCESS_NOT_RUNNING',
  'TOOL_TIMEOUT',
]);

/** Whether one such failure is enough to know. */
export function isFinal({ code }: McpctlError): boolean {
  return !PASSING.has(code);
}

/** The state of a server that is meant to work and has that trouble. */
export function stateOfTrouble(trouble: McpctlError, isDown: boolean): ServerState {
  if (needsSignIn(trouble)) return 'needs-auth';
  return isDown ? 'failed' : 'degraded';
}

export function remarkOf({ code, message, hint }: McpctlError): Remark {
  return { code, message, ...(hint !== undefined && { hint }) };
}

/** Worst first: what one process says of a server counts for all that run it. */
const GRAVITY: readonly ServerState[] = [
  'failed',
  'needs-auth',
  'degraded',
  'starting',
  'healthy',
  'dormant',
  'stopped',
];

export function graver(one: ServerState, other: ServerState): number {
  return GRAVITY.indexOf(one) - GRAVITY.indexOf(other);
}
