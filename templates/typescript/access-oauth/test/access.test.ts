import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGate } from '../src/access.ts';
import { ConfigError } from '../src/config-error.ts';
import { openIssuer, RESOURCE } from './caller.ts';

let issuer: Awaited<ReturnType<typeof openIssuer>>;

beforeAll(async () => {
  issuer = await openIssuer();
});

afterAll(() => issuer.close());

const gateFor = (scopes: string[] = []) =>
  createGate({ OAUTH_ISSUER: issuer.issuer, OAUTH_RESOURCE: RESOURCE, OAUTH_SCOPES: scopes });

const withToken = (token?: string) =>
  new Request(RESOURCE, { headers: token ? { authorization: `Bearer ${token}` } : {} });

test('admits tokens the issuer made for this server', async () => {
  expect(await gateFor(['read']).admit(withToken(await issuer.sign()))).toMatchObject({
    clientId: 'tester',
    scopes: ['read'],
  });
});

test('refuses tokens for others, of others, too old, or none, and says where to sign in', async () => {
  const past = Math.floor(Date.now() / 1000) - 60;
  const wrong = [
    undefined,
    'no.token.atall',
    await issuer.sign({ aud: 'https://other.example/mcp' }),
    await issuer.sign({ iss: 'https://other.example' }),
    await issuer.sign({ exp: past }),
  ];
  for (const token of wrong) {
    const refusal = (await gateFor().admit(withToken(token))) as Response;
    expect(refusal.status).toBe(401);
    expect(refusal.headers.get('www-authenticate')).toContain(
      'resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"',
    );
  }
});

test('refuses a token without the scope', async () => {
  const refusal = (await gateFor(['write']).admit(withToken(await issuer.sign()))) as Response;

  expect(refusal.status).toBe(403);
});

test('publishes who issues its tokens', async () => {
  const at = (path: string) => new Request(`https://mcp.example.com${path}`);
  const document = gateFor(['read']).metadata(at('/.well-known/oauth-protected-resource/mcp'));

  expect(await document?.json()).toEqual({
    resource: RESOURCE,
    authorization_servers: [issuer.issuer],
    scopes_supported: ['read'],
  });
  expect(gateFor().metadata(at('/mcp'))).toBeUndefined();
});

test('no issuer, no endpoint', () => {
  expect(() => createGate({ OAUTH_ISSUER: undefined, OAUTH_RESOURCE: undefined, OAUTH_SCOPES: [] })).toThrow(
    ConfigError,
  );
});
