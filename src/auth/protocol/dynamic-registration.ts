import type { ClientMetadata } from 'openid-client';
import { McpctlError } from '../../core/errors.ts';
import { readRetryAfter } from '../../core/retry-after.ts';
import type { Fetch } from '../../platform/fetch.ts';
import type { OAuthClient, ServerMetadata, TokenAuthMethod } from '../credential.ts';
import type { SignInSettings } from '../sign-in-settings.ts';
import { asUnavailable, protocolStep, type Step } from './failures.ts';
import { normalisingFetch } from './normalise.ts';

export interface RegistrationOptions {
  readonly settings: SignInSettings;
  readonly server: ServerMetadata;
  /** Where the browser may come back to; the first is the one that is used. */
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
  readonly fetch: Fetch;
  readonly signal?: AbortSignal;
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Registers a client of this machine's own (RFC 7591), once more as `localhost` where 127.0.0.1 is refused. */
export async function registerDynamically(options: RegistrationOptions): Promise<OAuthClient> {
  try {
    return await request(options);
  } catch (error) {
    const redirectUris = options.redirectUris.map(asLocalhost);
    if (!refusesRedirect(error) || redirectUris.every((uri) => options.redirectUris.includes(uri)))
      throw error;
    return await request({ ...options, redirectUris });
  }
}

async function request(options: RegistrationOptions): Promise<OAuthClient> {
  const { server, redirectUris, fetch, signal } = options;
  const step: Step = { doing: 'register as a client', issuer: server.issuer };
  const library = await import('openid-client');
  const post = normalisingFetch({ fetch, kind: 'registration', step, signal });
  const wellKnown = new URL('/.well-known/oauth-authorization-server', server.issuer);
  const config = await protocolStep(step, () =>
    library.dynamicClientRegistration(wellKnown, metadataFor(options), library.None(), {
      // The library discovers anew; the answer is known.
      [library.customFetch]: async (url, init) =>
        init.method === 'GET' ? Response.json(server) : await post(url, init),
      execute: [library.allowInsecureRequests],
    }),
  );
  return clientOf(config.clientMetadata(), options, redirectUris);
}

function metadataFor({
  settings,
  server,
  redirectUris,
  scopes,
}: RegistrationOptions): Partial<ClientMetadata> {
  const isDevice = settings.grant === 'device-code';
  return {
    client_name: 'mcpctl',
    application_type: 'native',
    redirect_uris: [...redirectUris],
    grant_types: ['authorization_code', 'refresh_token', ...(isDevice ? [DEVICE_GRANT] : [])],
    response_types: ['code'],
    token_endpoint_auth_method: settings.quirks.tokenAuthMethod ?? preferredMethod(server),
    ...(settings.quirks.scopeOnRegistration && scopes.length > 0 && { scope: scopes.join(' ') }),
  };
}

/** A program on a user's machine can keep no secret, so none is best; else what the server does support. */
function preferredMethod({
  token_endpoint_auth_methods_supported: supported,
}: ServerMetadata): TokenAuthMethod {
  const known: readonly TokenAuthMethod[] = ['none', 'client_secret_basic', 'client_secret_post'];
  // RFC 8414: a server that does not say supports client_secret_basic; those of MCP mean `none` by it as well.
  return known.find((method) => supported?.includes(method)) ?? 'none';
}

function clientOf(
  registered: ClientMetadata,
  { settings }: RegistrationOptions,
  redirectUris: readonly string[],
): OAuthClient {
  const { client_id: id, client_secret: secret, client_secret_expires_at: expires } = registered;
  const { registration_client_uri: uri, registration_access_token: token } = registered;
  return {
    kind: 'registered',
    id,
    ...(secret && { secret }),
    authMethod: settings.quirks.tokenAuthMethod ?? registeredMethod(registered),
    ...(typeof expires === 'number' && expires > 0 && { secretExpiresAt: expires * 1000 }),
    ...(typeof uri === 'string' &&
      typeof token === 'string' && { registrationUri: uri, registrationToken: token }),
    redirectUris: [...redirectUris],
  };
}

/** RFC 7591: absent means client_secret_basic; without a secret there is nothing to prove. */
function registeredMethod({
  client_secret,
  token_endpoint_auth_method: method,
}: ClientMetadata): TokenAuthMethod {
  if (!client_secret) return 'none';
  return method === 'client_secret_post' || method === 'none' ? method : 'client_secret_basic';
}

/** Either code may mean the redirect URI: some servers have but one for all metadata. */
function refusesRedirect(error: unknown): boolean {
  if (!(error instanceof McpctlError) || error.code !== 'OAUTH_REFUSED') return false;
  return error.data?.error === 'invalid_redirect_uri' || error.data?.error === 'invalid_client_metadata';
}

function asLocalhost(uri: string): string {
  return uri.replace(/^http:\/\/127\.0\.0\.1(?=[:/]|$)/, 'http://localhost');
}

/**
 * Gives a registration back (RFC 7592), where the server said how.
 * @returns false when there was nothing to give back.
 * @throws OAUTH_UNAVAILABLE when the server did not do it.
 */
export async function deleteRegistration(
  { registrationUri, registrationToken }: OAuthClient,
  fetch: Fetch,
  signal?: AbortSignal,
): Promise<boolean> {
  if (registrationUri === undefined || registrationToken === undefined) return false;
  const step: Step = { doing: 'delete the registration', issuer: new URL(registrationUri).host };
  const headers = { authorization: `Bearer ${registrationToken}` };
  try {
    const response = await fetch(registrationUri, { method: 'DELETE', headers, signal: signal ?? null });
    await response.body?.cancel();
    // 401 and 404: the server has forgotten the client already.
    if (response.ok || response.status === 401 || response.status === 404) return response.ok;
    const retryAfterMs = readRetryAfter(response.headers.get('retry-after'));
    throw new McpctlError(
      'OAUTH_UNAVAILABLE',
      `Could not ${step.doing}: ${step.issuer} answered HTTP ${response.status}.`,
      {
        data: {
          issuer: step.issuer,
          status: response.status,
          ...(retryAfterMs !== undefined && { retryAfterMs }),
        },
      },
    );
  } catch (error) {
    throw error instanceof McpctlError ? asUnavailable(error, step) : error;
  }
}
