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

  /** By name: `run` is bundled apart from what it loads later, and each bundle has a class of its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'McpctlError';
  }
}

const SIGN_IN_STATUS = 4;

/** A sign-in is missing: starting again, or asking more often, helps nobody. */
export function needsSignIn({ exitStatus }: McpctlError): boolean {
  return exitStatus === SIGN_IN_STATUS;
}

/** True for a Node system error with one of the codes, such as `ENOENT`. */
export function isSystemError(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

const NO_ACCESS = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR'];

/** Anything thrown as the one error type: a path the system refuses by its name, the rest as a bug. */
export function asKnown(error: unknown): McpctlError {
  if (error instanceof McpctlError) return error;
  if (isSystemError(error, ...NO_ACCESS) && error.path !== undefined) {
    return new McpctlError('FILE_UNWRITABLE', `Could not use ${error.path}: ${messageOf(error)}.`, {
      hint: `Check what it is, who may write there and whether the disk is full: ls -ld ${error.path}; df -h`,
      cause: error,
      data: { path: error.path, reason: error.code },
    });
  }
  return new McpctlError('INTERNAL', `Unexpected failure: ${messageOf(error)}`, {
    cause: error,
    hint: 'Run the command again with --verbose and report what it prints.',
  });
}

/** The message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ');
}
