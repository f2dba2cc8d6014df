import { McpctlError } from '../../core/errors.ts';

/** Errors of RFC 6749 and its relatives that mean: asking again with the same things is of no use. */
export const TERMINAL_ERRORS: readonly string[] = ['invalid_grant', 'invalid_client', 'unauthorized_client'];
const TRANSIENT_ERRORS: readonly string[] = ['server_error', 'temporarily_unavailable', 'slow_down'];

export interface Step {
  /** What was being done, for the message: "refresh the sign-in". */
  readonly doing: string;
  /** Where, for the message. */
  readonly issuer: string;
  /** Which OAuth errors are final; all but those that say "later" unless given. */
  readonly terminal?: readonly string[];
}

/**
 * Runs a step of the protocol and turns every failure into OAUTH_REFUSED (with the OAuth error in `data.error`) or
 * OAUTH_UNAVAILABLE. What the library throws holds answers and parameters, so it never becomes a `cause`.
 */
export async function protocolStep<T>(step: Step, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw failureOf(error, step);
  }
}

function failureOf(error: unknown, step: Step): McpctlError {
  const known = knownIn(error);
  if (known) return asUnavailable(known, step);
  if (hasError(error)) return oauthFailure(error.error, error.error_description, step);
  return new McpctlError(
    'OAUTH_UNAVAILABLE',
    `Could not ${step.doing}: ${step.issuer} gave an answer that makes no sense${reasonOf(error)}.`,
    { data: { issuer: step.issuer } },
  );
}

/** The failure for an error code of the authorization server. */
export function oauthFailure(code: string, description: string | undefined, step: Step): McpctlError {
  const { doing, issuer, terminal } = step;
  const isFinal = terminal ? terminal.includes(code) : !TRANSIENT_ERRORS.includes(code);
  const said = description ? `${code} (${description})` : code;
  return new McpctlError(
    isFinal ? 'OAUTH_REFUSED' : 'OAUTH_UNAVAILABLE',
    `Could not ${doing}: ${issuer} says ${said}.`,
    { data: { error: code, issuer } },
  );
}

function knownIn(error: unknown): McpctlError | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 8; depth += 1) {
    if (current instanceof McpctlError) return current;
    current = current.cause;
  }
  return undefined;
}

const NO_ANSWER = ['NETWORK_UNREACHABLE', 'NETWORK_TIMEOUT', 'RESPONSE_TOO_LARGE'];

/** The network's own failures under the code callers retry on; a bad certificate or address stays what it is. */
export function asUnavailable(error: McpctlError, { doing, issuer }: Step): McpctlError {
  if (!NO_ANSWER.includes(error.code)) return error;
  return new McpctlError('OAUTH_UNAVAILABLE', `Could not ${doing}: ${error.message}`, {
    ...(error.hint !== undefined && { hint: error.hint }),
    data: { ...error.data, issuer, reason: error.code },
  });
}

function hasError(error: unknown): error is Error & { error: string; error_description?: string } {
  return error instanceof Error && 'error' in error && typeof error.error === 'string';
}

/** openid-client's own words for what it missed; they quote member names, never values. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error) || !('code' in cause)) return '';
  return ` (${cause.message.replaceAll(/\s+/g, ' ').slice(0, 120)})`;
}
