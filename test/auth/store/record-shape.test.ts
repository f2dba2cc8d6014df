import { expect, test } from 'vitest';
import { type Credential, credentialSchema } from '../../../src/auth/credential.ts';
import { hasRecordShape } from '../../../src/auth/store/record-shape.ts';

/** Has every member a record may have. */
const FULL: Required<Credential> = {
  version: 1,
  generation: 3,
  url: 'https://mcp.example/mcp',
  issuer: 'https://issuer.example',
  profile: 'example',
  grant: 'device-code',
  server: {
    issuer: 'https://issuer.example',
    authorization_endpoint: 'https://issuer.example/auth',
    token_endpoint: 'https://issuer.example/token',
    registration_endpoint: 'https://issuer.example/register',
    revocation_endpoint: 'https://issuer.example/revoke',
    device_authorization_endpoint: 'https://issuer.example/device',
    scopes_supported: ['read'],
    grant_types_supported: ['refresh_token'],
    token_endpoint_auth_methods_supported: ['none'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: false,
  },
  client: {
    kind: 'registered',
    id: 'client',
    secret: 'secret',
    authMethod: 'none',
    secretExpiresAt: 1,
    registrationUri: 'https://issuer.example/register/client',
    registrationToken: 'token',
    redirectUris: ['http://127.0.0.1/callback'],
  },
  tokens: { access: 'access', refresh: 'refresh', expiresAt: 2, receivedAt: 1, scopes: ['read'] },
  resource: 'https://mcp.example/mcp',
  requestedScopes: ['read'],
  account: 'ada',
  signedInAt: 1,
  refreshedAt: 2,
  refreshing: { startedAt: 3 },
  needsSignIn: { reason: 'why', at: 4 },
  learnt: { resourceOnRefresh: true, scopeOnRefresh: false },
};

const OTHERS = [undefined, null, '', 'text', 0, 1, 1.5, -1, true, [], [1], ['text'], {}] as const;

test('agrees with the schema on every member and every kind of value', () => {
  const paths = pathsOf(FULL);
  expect(paths.length).toBeGreaterThan(40);
  for (const path of paths) {
    for (const other of OTHERS) {
      const record = changed(FULL, path, other);
      const message = `${path.join('.')}: ${JSON.stringify(other)}`;
      expect(hasRecordShape(record), message).toBe(credentialSchema.safeParse(record).success);
    }
  }
  for (const other of OTHERS) expect(hasRecordShape(other)).toBe(false);
});

function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    [name],
    ...pathsOf(inner).map((rest) => [name, ...rest]),
  ]);
}

function changed(value: unknown, [name = '', ...rest]: readonly string[], other: unknown): unknown {
  const record = value as Record<string, unknown>;
  return { ...record, [name]: rest.length === 0 ? other : changed(record[name], rest, other) };
}
