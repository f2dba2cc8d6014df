import * as oauth from 'openid-client';
import { expect, onTestFinished, test } from 'vitest';
import { browse } from '../../fixtures/oauth/fetch-browser.mjs';
import { type AuthorizationServerOptions, startAuthorizationServer } from './authorization-server.ts';
import { startProtectedServer } from './protected-server.ts';

const REDIRECT = 'http://127.0.0.1:9/callback';

test.each([{}, { path: '/tenant1' }])('grants, rotates, revokes and forgets (%o)', async (options) => {
  const { issuer, signIn, call, config } = await world(options);
  const first = await signIn('read');

  expect(await call(first.access_token, 'whoami')).toEqual([200, { subject: 'ada', scopes: ['read'] }]);
  expect((await call(first.access_token, 'admin_thing'))[0]).toBe(403);

  const second = await oauth.refreshTokenGrant(config(), first.refresh_token ?? '');
  expect(second.refresh_token).not.toBe(first.refresh_token);
  await oauth.tokenRevocation(config(), second.refresh_token ?? '');
  await expect(oauth.refreshTokenGrant(config(), second.refresh_token ?? '')).rejects.toThrow();
  expect(issuer.seen.invalidGrants()).toHaveLength(1);
  expect(issuer.seen.refreshes()).toHaveLength(2);
  expect(issuer.seen.registrations()).toHaveLength(1);
  issuer.purgeClients();
  await expect(oauth.refreshTokenGrant(config(), second.refresh_token ?? '')).rejects.toThrow();
  expect(issuer.seen.refreshes().at(-1)?.answer?.body).toMatch('invalid_client');
});

test('a reused refresh token ends the family', async () => {
  const { signIn, config } = await world();
  const { refresh_token: first = '' } = await signIn('read');
  const { refresh_token: second = '' } = await oauth.refreshTokenGrant(config(), first);
  await expect(oauth.refreshTokenGrant(config(), first)).rejects.toThrow();
  await expect(oauth.refreshTokenGrant(config(), second)).rejects.toThrow();
});

async function world(options: AuthorizationServerOptions = {}) {
  const issuer = await startAuthorizationServer(options);
  onTestFinished(issuer.close);
  const server = await startProtectedServer({ issuers: [issuer.issuer], verify: issuer.verify });
  onTestFinished(server.close);
  const config = await oauth.dynamicClientRegistration(
    new URL(issuer.issuer),
    {
      redirect_uris: [REDIRECT],
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    },
    oauth.None(),
    { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] },
  );
  const call = async (token: string, name: string): Promise<[number, unknown]> => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } }),
    });
    const body = (await response.json()) as { result?: { content: { text: string }[] } };
    const text = body.result?.content[0]?.text;
    return [response.status, text && JSON.parse(text)];
  };
  const signIn = async (scope: string) => {
    const verifier = oauth.randomPKCECodeVerifier();
    const state = oauth.randomState();
    const url = oauth.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope,
      state,
      resource: server.url,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const callback = await browse(url, { stopAt: REDIRECT });
    return await oauth.authorizationCodeGrant(
      config,
      new URL(callback.url),
      { pkceCodeVerifier: verifier, expectedState: state },
      { resource: server.url },
    );
  };
  return { issuer, server, config: () => config, call, signIn };
}
