import {
  type AuthInfo,
  getOAuthProtectedResourceMetadataUrl,
  OAuthError,
  OAuthErrorCode,
  requireBearerAuth,
} from '@modelcontextprotocol/server';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import type { Gate } from './gate.ts';

export const accessSettings = {
  /** Issuer of the access tokens. Needed over HTTP only. */
  OAUTH_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  /** Where this server is reached from outside, e.g. https://mcp.example.com/mcp: the audience of its tokens. */
  OAUTH_RESOURCE: z.url({ protocol: /^https?$/ }).optional(),
  /** Scopes a token has to have, separated by spaces. */
  OAUTH_SCOPES: z
    .string()
    .default('')
    .transform((text) => text.split(/\s+/).filter((scope) => scope !== '')),
};

type Settings = Pick<Config, 'OAUTH_ISSUER' | 'OAUTH_RESOURCE' | 'OAUTH_SCOPES'>;

/**
 * Admits those who bring an access token of the issuer that was made for this server, and tells the others where to
 * get one (RFC 9728).
 * @throws ConfigError when issuer or resource are not set: an open endpoint must not be an accident.
 */
export function createGate({
  OAUTH_ISSUER: issuer,
  OAUTH_RESOURCE: resource,
  OAUTH_SCOPES: scopes,
}: Settings): Gate {
  if (!issuer || !resource)
    throw new ConfigError('OAUTH_ISSUER and OAUTH_RESOURCE are needed to serve over HTTP. See .env.example.');
  const address = new URL(resource);
  const metadataUrl = getOAuthProtectedResourceMetadataUrl(address);
  const verify = createVerifier(issuer, resource);
  const admit = requireBearerAuth({
    verifier: { verifyAccessToken: verify },
    requiredScopes: scopes,
    resourceMetadataUrl: metadataUrl,
    expectedResource: address,
  });
  const document = {
    resource,
    authorization_servers: [issuer],
    ...(scopes.length > 0 && { scopes_supported: scopes }),
  };
  const paths = [new URL(metadataUrl).pathname, '/.well-known/oauth-protected-resource'];
  return {
    admit,
    metadata: (request) =>
      paths.includes(new URL(request.url).pathname)
        ? Response.json(document, { headers: { 'access-control-allow-origin': '*' } })
        : undefined,
  };
}

/** Checks signature, issuer, audience and time of a JSON Web Token; keys are fetched when first needed. */
function createVerifier(issuer: string, audience: string): (token: string) => Promise<AuthInfo> {
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  return async (token) => {
    keys ??= findKeys(issuer);
    // A failure to reach the issuer must not last longer than the failure.
    keys.catch(() => {
      keys = undefined;
    });
    try {
      const { payload } = await jwtVerify(token, await keys, { issuer, audience, requiredClaims: ['exp'] });
      const client = payload.client_id ?? payload.azp ?? payload.sub ?? 'unknown';
      const scopes = typeof payload.scope === 'string' ? payload.scope.split(' ') : [];
      return {
        token,
        clientId: String(client),
        scopes,
        resource: new URL(audience),
        ...(payload.exp !== undefined && { expiresAt: payload.exp }),
      };
    } catch (error) {
      if (error instanceof errors.JOSEError)
        throw new OAuthError(OAuthErrorCode.InvalidToken, 'The access token is not valid for this server.');
      throw error;
    }
  };
}

/** Where the issuer publishes its metadata: OAuth first, then OpenID Connect. */
async function findKeys(issuer: string): Promise<ReturnType<typeof createRemoteJWKSet>> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  for (const address of [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]) {
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(10_000) });
    if (!response.ok) continue;
    const metadata = (await response.json()) as { issuer?: string; jwks_uri?: string };
    if (metadata.issuer !== issuer) throw new Error(`${address} speaks for another issuer.`);
    if (metadata.jwks_uri) return createRemoteJWKSet(new URL(metadata.jwks_uri));
  }
  throw new Error(`${issuer} publishes no keys.`);
}
