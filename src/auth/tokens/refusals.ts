import { McpctlError } from '../../core/errors.ts';
import { quoted } from '../../core/shell-quote.ts';
import type { Credential } from '../credential.ts';

/** Nobody is signed in, or the sign-in is worth nothing any more. */
export function signInNeeded(
  server: string,
  why: string,
  data: Readonly<Record<string, unknown>> = {},
): McpctlError {
  return new McpctlError('SIGN_IN_NEEDED', why, {
    hint: `mcpctl auth login ${server}`,
    data: { server, ...data },
  });
}

/** The sign-in is fine and does not reach far enough. */
export function scopesNeeded(server: string, scopes: readonly string[]): McpctlError {
  return new McpctlError(
    'SIGN_IN_NEEDED',
    `${server} refuses the request (HTTP 403): the sign-in lacks ${scopes.join(', ')}.`,
    {
      // The server chose these words, and somebody may copy the line into a shell.
      hint: `mcpctl auth login ${server} --scope ${quoted(scopes.join(','))}`,
      data: { server, status: 403, scopes },
    },
  );
}

export function aboveCeiling(server: string, scopes: readonly string[]): McpctlError {
  const names = scopes.join(', ');
  return new McpctlError(
    'SCOPE_REFUSED',
    `${server} wants ${names}, which "scopes" in the manifest does not allow.`,
    {
      hint: `If that is right, add it to "scopes" of ${server}, then: mcpctl auth login ${server}`,
      data: { server, status: 403, scopes },
    },
  );
}

/** Why a refresh token was refused, for the record and the user. */
export function reasonFor({ issuer }: Credential, error: unknown, wasInterrupted: boolean): string {
  const code = error instanceof McpctlError ? String(error.data?.error ?? error.code) : 'refused';
  return wasInterrupted
    ? `A renewal was interrupted before its answer was kept, and ${issuer} takes the old token no more (${code}).`
    : `${issuer} refuses to renew the sign-in (${code}).`;
}

export function reasonForPurge({ issuer }: Credential): string {
  return `${issuer} has forgotten the client this sign-in was made with.`;
}

export function isSignInNeeded(error: unknown): error is McpctlError {
  return error instanceof McpctlError && error.code === 'SIGN_IN_NEEDED';
}
