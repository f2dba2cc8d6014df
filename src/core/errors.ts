import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

export interface ErrorDetails {
  /** What to do next, as a command where one exists. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Machine-readable facts for `--json`; never a secret. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The one error type: `message` says what happened to which file or server, `hint` what to do next. */
export class McpctlError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'McpctlError';
    this.code = code;
    this.hint = details.hint;
    this.data = details.data;
  }

  get exitStatus(): number {
    return ERROR_CODES[this.code].exit;
  }
}

/** True for a Node system error with one of the codes, such as `ENOENT`. */
export function isSystemError(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** The message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ');
}
