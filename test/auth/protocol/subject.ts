import type { Credential, ServerMetadata } from '../../../src/auth/credential.ts';
import { createAuthFetch } from '../../../src/auth/protocol/network.ts';
import type { SignInSettings } from '../../../src/auth/sign-in-settings.ts';
import { metadata } from './odd-server.ts';

export const REDIRECT_URI = 'http://127.0.0.1:5555/callback';

/** The way to servers of a test. */
export const loopbackFetch = createAuthFetch({ env: {}, allowLoopback: true });

export function settingsFor(origin: string, changes: Partial<SignInSettings> = {}): SignInSettings {
  return {
    name: 'subject',
    url: `${origin}/mcp`,
    profile: 'subject',
    grant: 'authorization-code',
    callback: { host: '127.0.0.1', path: '/callback' },
    quirks: {},
    ...changes,
  };
}

/** A sign-in at `origin`, by a client without a secret, with access and refresh token. */
export function credentialFor(origin: string, changes: Partial<Credential> = {}): Credential {
  return {
    version: 1,
    generation: 1,
    url: `${origin}/mcp`,
    issuer: origin,
    profile: 'subject',
    grant: 'authorization-code',
    server: metadata(origin) as ServerMetadata,
    client: { kind: 'registered', id: 'me', authMethod: 'none' },
    tokens: { access: 'access-1', refresh: 'refresh-1', receivedAt: 0, scopes: ['read'] },
    resource: `${origin}/mcp`,
    requestedScopes: ['read'],
    signedInAt: 0,
    ...changes,
  };
}
