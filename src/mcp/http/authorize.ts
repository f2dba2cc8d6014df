import type { IncomingMessage } from 'node:http';
import { McpctlError } from '../../core/errors.ts';

/** What a server answered instead of serving. */
export interface Challenge {
  readonly status: 401 | 403;
  /** Every `WWW-Authenticate` header, joined by commas. */
  readonly wwwAuthenticate: string | undefined;
  readonly url: URL;
  /** What `headers` gave the request that was refused: by now there may be something newer. */
  readonly sent?: Readonly<Record<string, string>>;
}

/** Where tokens come from. */
export interface Authorize {
  /** Headers for the next request, to that address; none when nobody signed in yet. */
  headers(url: URL): Promise<Readonly<Record<string, string>>>;
  /** Tries to satisfy a challenge; true when the request is worth repeating. Asked twice a request at most. */
  satisfy(challenge: Challenge): Promise<boolean>;
  /** A request repeated after `satisfy` went through. */
  accepted?(): void;
  /** What to tell the user about a challenge that remains. */
  refusal?(challenge: Challenge): McpctlError;
}

/** The challenge of an answer, or undefined when it is none. */
export function challengeOf(response: IncomingMessage, url: URL): Challenge | undefined {
  const { statusCode, headers } = response;
  if (statusCode !== 401 && statusCode !== 403) return undefined;
  return { status: statusCode, wwwAuthenticate: headers['www-authenticate'], url };
}

export function signInNeeded(server: string, { status, wwwAuthenticate }: Challenge): McpctlError {
  const message =
    status === 401
      ? `${server} wants a sign-in (HTTP 401).`
      : `${server} refuses the request (HTTP 403): the sign-in or key lacks a permission.`;
  return new McpctlError('SIGN_IN_NEEDED', message, {
    hint: `See which key it takes, and how to send it: mcpctl info ${server}`,
    data: { server, status, ...(wwwAuthenticate && { wwwAuthenticate }) },
  });
}
