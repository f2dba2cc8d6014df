import { expect, test } from 'vitest';
import { beginAuthorization, finishAuthorization } from '../../../src/auth/protocol/authorization.ts';
import { oddServer, send } from './odd-server.ts';
import { credentialFor, loopbackFetch, REDIRECT_URI } from './subject.ts';

const TOKENS = { access_token: 'a', token_type: 'Bearer' };

/** Begins, and finishes with the query a browser would bring. */
async function cameBack(
  query: (parts: { state: string; issuer: string }) => string,
  { announced = false, token = TOKENS as unknown } = {},
) {
  const server = await oddServer({ '/token': token });
  const subject = credentialFor(server.origin);
  const metadata = { ...subject.server, authorization_response_iss_parameter_supported: announced };
  const request = { server: metadata, client: subject.client, redirectUri: REDIRECT_URI, scopes: ['read'] };
  const begun = await beginAuthorization({ ...request, resource: subject.resource, quirks: {} });
  const callback = new URL(`${REDIRECT_URI}?${query({ state: begun.state, issuer: server.origin })}`);
  const { state, verifier } = begun;
  const finish = { ...request, callback, state, verifier, resource: subject.resource, fetch: loopbackFetch };
  const result = await finishAuthorization(finish).catch((error: unknown) => error);
  return { result, exchanges: server.to('/token').length };
}

test('accepts an answer that names its issuer, announced or not', async () => {
  for (const announced of [true, false]) {
    const { result } = await cameBack(({ state, issuer }) => `code=c&state=${state}&iss=${issuer}`, {
      announced,
    });
    expect(result).toMatchObject({ access: 'a', scopes: ['read'] });
  }
});

test.each([
  ['no issuer although announced', (state: string) => `code=c&state=${state}`, true],
  ['an empty issuer', (state: string) => `code=c&state=${state}&iss=`, false],
  ['another issuer', (state: string) => `code=c&state=${state}&iss=https://evil.example`, false],
  ['a slash more', (state: string, issuer: string) => `code=c&state=${state}&iss=${issuer}/`, true],
  [
    'other letters',
    (state: string, issuer: string) => `code=c&state=${state}&iss=${issuer.toUpperCase()}`,
    true,
  ],
  [
    'two issuers',
    (state: string, issuer: string) => `code=c&state=${state}&iss=${issuer}&iss=${issuer}`,
    true,
  ],
  ['no state', () => 'code=c', false],
  ['another state', () => 'code=c&state=x', false],
  ['a state of the same length', (state: string) => `code=c&state=${'x'.repeat(state.length)}`, false],
  ['two states', (state: string) => `code=c&state=${state}&state=${state}`, false],
  ['no code', (state: string) => `state=${state}`, false],
  ['two codes', (state: string) => `code=c&code=d&state=${state}`, false],
] as const)('exchanges nothing when the answer has %s', async (_, query, announced) => {
  const { result, exchanges } = await cameBack(({ state, issuer }) => query(state, issuer), { announced });

  expect(result).toMatchObject({ code: 'OAUTH_UNTRUSTED' });
  expect(exchanges).toBe(0);
});

test.each([
  [
    'another issuer',
    (state: string) =>
      `error=access_denied&error_description=Call%20555&state=${state}&iss=https://evil.example`,
  ],
  ['no issuer', (state: string) => `error=access_denied&error_description=Call%20555&state=${state}`],
  [
    'another sign-in',
    (_: string, issuer: string) => `error=access_denied&error_description=Call%20555&state=x&iss=${issuer}`,
  ],
])('shows nothing of an error of %s', async (_, query) => {
  const { result } = await cameBack(({ state, issuer }) => query(state, issuer), { announced: true });

  expect(result).toMatchObject({ code: 'OAUTH_UNTRUSTED' });
  expect(String(result)).not.toMatch(/555|access_denied/);
});

test.each([
  ['access_denied', 'OAUTH_REFUSED'],
  ['invalid_scope', 'OAUTH_REFUSED'],
  ['server_error', 'OAUTH_UNAVAILABLE'],
  ['temporarily_unavailable', 'OAUTH_UNAVAILABLE'],
])('passes on the error %s of the right issuer', async (error, code) => {
  const { result, exchanges } = await cameBack(
    ({ state, issuer }) => `error=${error}&error_description=No%0Athanks%1b[2J&state=${state}&iss=${issuer}`,
  );

  expect(result).toMatchObject({ code, data: { error } });
  expect(String(result)).toMatch(/\(No thanks \[2J\)/);
  expect(exchanges).toBe(0);
});

test.each([
  [400, { error: 'invalid_grant' }, 'OAUTH_REFUSED'],
  [400, { error: 'strange_error' }, 'OAUTH_REFUSED'],
  [500, { error: 'strange_error' }, 'OAUTH_UNAVAILABLE'],
  [500, { error: 'server_error' }, 'OAUTH_UNAVAILABLE'],
  [503, 'later', 'OAUTH_UNAVAILABLE'],
])('exchanges a code once, also when that fails by %i %j', async (status, body, code) => {
  const { result, exchanges } = await cameBack(({ state }) => `code=c&state=${state}`, {
    token: (_: unknown, response: never) => send(response, status, body),
  });

  expect(result).toMatchObject({ code });
  expect(exchanges).toBe(1);
});

test('each request has a state and a challenge of its own', async () => {
  const { server, client } = credentialFor('https://as.example');
  const request = { server, client, redirectUri: REDIRECT_URI, scopes: [], resource: null, quirks: {} };
  const [one, other] = [await beginAuthorization(request), await beginAuthorization(request)];

  expect(one.state).not.toBe(other.state);
  expect(one.verifier).not.toBe(other.verifier);
  expect(one.url.searchParams.get('code_challenge')).not.toBe(one.verifier);
  expect(one.url.searchParams.has('scope')).toBe(false);
  expect(one.url.searchParams.has('resource')).toBe(false);
});
