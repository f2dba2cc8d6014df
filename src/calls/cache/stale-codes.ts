import type { ErrorCode } from '../../core/error-codes.ts';

/** Failures of a server. A sign-in it refuses is none: what somebody may no longer see is not shown again. */
export const SERVER_FAILURES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NETWORK_TIMEOUT',
  'NETWORK_UNREACHABLE',
  'OUTCOME_UNKNOWN',
  'SERVER_CRASH_LOOP',
  'SERVER_EXITED',
  'SERVER_NOT_STARTED',
  'SERVER_RESTING',
  'SERVER_TIMEOUT',
  'SERVER_UNREACHABLE',
]);
