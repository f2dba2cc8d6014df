import type { Credential } from '../../src/auth/credential.ts';

const NOW = 1_700_000_000_000;

/** A sign-in to `https://<server>.example.test/mcp`, its tokens as long as a vendor's; never saved yet. */
export function aCredential(server: string, changes: Partial<Credential> = {}): Credential {
  const issuer = `https://issuer.${server}.example.test`;
  const url = `https://${server}.example.test/mcp`;
  return {
    version: 1,
    generation: 0,
    url,
    issuer,
    profile: server,
    grant: 'authorization-code',
    server: { issuer, token_endpoint: `${issuer}/token` },
    client: {
      kind: 'registered',
      id: 'client-1',
      secret: 'canary-client',
      authMethod: 'client_secret_basic',
    },
    tokens: {
      access: `canary-access-${'a'.repeat(3_000)}`,
      refresh: `canary-refresh-${'r'.repeat(1_500)}`,
      expiresAt: NOW + 3_600_000,
      receivedAt: NOW,
      scopes: ['read'],
    },
    resource: url,
    requestedScopes: ['read', 'write'],
    account: 'ada@example.test',
    signedInAt: NOW,
    ...changes,
  };
}
