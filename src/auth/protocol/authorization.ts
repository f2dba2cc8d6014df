import { timingSafeEqual } from 'node:crypto';
import { McpctlError } from '../../core/errors.ts';
import type { Fetch } from '../../platform/fetch.ts';
import type { OAuthClient, ServerMetadata, Tokens } from '../credential.ts';
import type { OAuthQuirks } from '../sign-in-settings.ts';
import { configure } from './configuration.ts';
import { checkEndpoint } from './endpoints.ts';
import { oauthFailure, protocolStep, type Step } from './failures.ts';
import { tokensOf } from './tokens-of.ts';

export interface AuthorizationRequest {
  readonly server: ServerMetadata;
  readonly client: OAuthClient;
  readonly redirectUri: string;
  /** None: the server chooses. */
  readonly scopes: readonly string[];
  readonly resource: string | null;
  readonly quirks: OAuthQuirks;
}

export interface BegunAuthorization {
  /** To be opened in the browser: https, or http on this machine. */
  readonly url: URL;
  readonly state: string;
  readonly verifier: string;
}

/** The request a browser takes to the authorization server, with what must be kept to finish it. */
export async function beginAuthorization(request: AuthorizationRequest): Promise<BegunAuthorization> {
  const { server, client, redirectUri, scopes, resource, quirks } = request;
  const { calculatePKCECodeChallenge, randomPKCECodeVerifier, randomState } = await import('openid-client');
  // What discovery let pass: it knew the MCP server's address.
  const reach = { allowLoopback: true, allowPrivate: [new URL(server.issuer).hostname] };
  const url = checkEndpoint('authorization_endpoint', server.authorization_endpoint ?? '', reach);
  const [state, verifier] = [randomState(), randomPKCECodeVerifier()];
  const parameters = {
    ...quirks.authorizeParams,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(resource !== null && { resource }),
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    state,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url, state, verifier };
}

export interface AuthorizationAnswer {
  readonly server: ServerMetadata;
  readonly client: OAuthClient;
  /** Where the browser came back to, with all its parameters. */
  readonly callback: URL;
  readonly state: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly resource: string | null;
  /** As requested; what was granted when the server does not say. */
  readonly scopes: readonly string[];
  readonly fetch: Fetch;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
}

/**
 * Checks who sent the browser back, and exchanges the code, once.
 * @throws OAUTH_UNTRUSTED before any request when the answer is another issuer's or belongs to another sign-in;
 * OAUTH_REFUSED with the server's own error; OAUTH_UNAVAILABLE.
 */
export async function finishAuthorization(answer: AuthorizationAnswer): Promise<Tokens> {
  const { server, client, callback, state, verifier, redirectUri, resource, scopes, fetch, signal } = answer;
  const step: Step = { doing: 'sign in', issuer: server.issuer };
  checkAnswer(callback.searchParams, { server, state, step });
  const { library, config } = await configure({ server, client, fetch, kind: 'token', step, signal });
  // The library takes the redirect URI from the address that arrived; it must be the one that was sent.
  const arrived = new URL(callback.search, redirectUri);
  const parameters = new URLSearchParams(resource === null ? {} : { resource });
  const checks = { expectedState: state, pkceCodeVerifier: verifier };
  const result = await protocolStep(step, () =>
    library.authorizationCodeGrant(config, arrived, checks, parameters),
  );
  return tokensOf(result, scopes, (answer.now ?? Date.now)());
}

interface Expected {
  readonly server: ServerMetadata;
  readonly state: string;
  readonly step: Step;
}

/** In this order: the issuer (RFC 9207), the state, and only then what it says. */
function checkAnswer(parameters: URLSearchParams, { server, state, step }: Expected): void {
  const one = (name: string): string | undefined => {
    const values = parameters.getAll(name);
    if (values.length > 1) throw untrusted(server, `the answer says ${name} more than once`);
    return values[0];
  };
  const issuer = one('iss');
  if (issuer !== undefined && issuer !== server.issuer)
    throw untrusted(server, 'the answer is another issuer’s');
  if (issuer === undefined && server.authorization_response_iss_parameter_supported) {
    throw untrusted(server, 'the answer does not say which issuer it is from');
  }
  if (!isSameText(one('state') ?? '', state))
    throw untrusted(server, 'the answer belongs to another sign-in');
  const error = one('error');
  if (error !== undefined) throw oauthFailure(shown(error, 64), shown(one('error_description'), 200), step);
  if (!one('code')) throw untrusted(server, 'the answer has no code');
}

function untrusted({ issuer }: ServerMetadata, why: string): McpctlError {
  return new McpctlError('OAUTH_UNTRUSTED', `The sign-in at ${issuer} was stopped: ${why}.`, {
    data: { issuer },
  });
}

function isSameText(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function shown(text: string | undefined, most: number): string {
  return (text ?? '')
    .replaceAll(/[^\x20-\x7e\xa1-\u1fff]+/g, ' ')
    .slice(0, most)
    .trim();
}
