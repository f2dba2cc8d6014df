import * as oauth from 'openid-client';
import { expect, onTestFinished, test } from 'vitest';
import { createFetch } from '../../../src/platform/fetch.ts';
import { browse } from '../../fixtures/oauth/fetch-browser.mjs';
import { type AuthorizationServerOptions, startAuthorizationServer } from './authorization-server.ts';
import { startInternet } from './internet.ts';
import { startProtectedServer } from './protected-server.ts';
import { startVendor } from './vendor-stand-in.ts';

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

test('a code for a device is confirmed on its page', async () => {
  const { signInByDevice, call } = await world({ deviceFlow: true });
  const { access_token } = await signInByDevice('read write');

  expect(await call(access_token, 'whoami')).toEqual([200, { subject: 'ada', scopes: ['read', 'write'] }]);
});

test('a client is known by its metadata document', async () => {
  const id = 'https://client.example/metadata.json';
  const { signIn, call } = await world(
    {
      registration: false,
      documents: {
        [id]: {
          client_id: id,
          client_name: 'A client',
          redirect_uris: [REDIRECT],
          application_type: 'native',
          token_endpoint_auth_method: 'none',
          grant_types: ['authorization_code', 'refresh_token'],
        },
      },
    },
    id,
  );
  const { access_token } = await signIn('read');

  expect((await call(access_token, 'whoami'))[0]).toBe(200);
});

test('a refusal comes back as an error, with the issuer unless it is not to say it', async () => {
  const refused = new URL((await (await world()).authorize('read', 'refuse')).url);
  const silent = new URL((await (await world({ iss: false })).authorize('read', 'refuse')).url);

  expect(refused.searchParams.get('error')).toBe('access_denied');
  expect(refused.searchParams.has('iss')).toBe(true);
  expect(silent.searchParams.get('error')).toBe('access_denied');
  expect(silent.searchParams.has('iss')).toBe(false);
});

const INSECURE = { algorithm: 'oauth2' as const, execute: [oauth.allowInsecureRequests] };

async function world(options: AuthorizationServerOptions = {}, clientId?: string) {
  const issuer = await startAuthorizationServer(options);
  onTestFinished(issuer.close);
  const server = await startProtectedServer({ issuers: [issuer.issuer], verify: issuer.verify });
  onTestFinished(server.close);
  const config = clientId
    ? await oauth.discovery(new URL(issuer.issuer), clientId, {}, oauth.None(), INSECURE)
    : await register(issuer.issuer, options.deviceFlow ? [DEVICE] : []);
  const verifier = oauth.randomPKCECodeVerifier();
  const state = oauth.randomState();
  const authorize = async (scope: string, does: 'consent' | 'refuse') => {
    const url = oauth.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope,
      state,
      resource: server.url,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return await browse(url, { stopAt: REDIRECT, does });
  };
  return {
    issuer,
    config: () => config,
    call: (token: string, name: string) => callTool(server.url, token, name),
    authorize,
    async signIn(scope: string) {
      const { url } = await authorize(scope, 'consent');
      const checks = { pkceCodeVerifier: verifier, expectedState: state };
      return await oauth.authorizationCodeGrant(config, new URL(url), checks, { resource: server.url });
    },
    async signInByDevice(scope: string) {
      const started = await oauth.initiateDeviceAuthorization(config, { scope, resource: server.url });
      await browse(started.verification_uri_complete ?? '');
      return await oauth.pollDeviceAuthorizationGrant(config, { ...started, interval: 0 });
    },
  };
}

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

async function register(issuer: string, grants: string[]): Promise<oauth.Configuration> {
  const client = {
    redirect_uris: [REDIRECT],
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token', ...grants],
  };
  return await oauth.dynamicClientRegistration(new URL(issuer), client, oauth.None(), INSECURE);
}

async function callTool(url: string, token: string, name: string): Promise<[number, unknown]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } }),
  });
  const body = (await response.json()) as { result?: { content: { text: string }[] } };
  const text = body.result?.content[0]?.text;
  return [response.status, text && JSON.parse(text)];
}

test('hosts of the world are reached through its proxy alone', async () => {
  const vendor = await startVendor('linear');
  onTestFinished(vendor.close);
  const issuer = await startAuthorizationServer({ origin: 'https://login.example.com', path: '/tenant1' });
  onTestFinished(issuer.close);
  const internet = await startInternet({ ...vendor.hosts, 'login.example.com': issuer.port });
  const ask = createFetch({ env: internet.env });
  const inserted = 'https://mcp.linear.app/.well-known/oauth-protected-resource/mcp';

  expect((await ask('https://mcp.linear.app/mcp', { method: 'POST' })).status).toBe(401);
  expect(await (await ask(inserted)).json()).toMatchObject({
    resource: 'https://mcp.linear.app/mcp',
    authorization_servers: ['https://mcp.linear.app'],
  });
  const wellKnown = 'https://login.example.com/.well-known/oauth-authorization-server/tenant1';
  expect(await (await ask(wellKnown)).json()).toMatchObject({
    issuer: 'https://login.example.com/tenant1',
    token_endpoint: 'https://login.example.com/tenant1/token',
  });
  expect(new Set(internet.asked)).toEqual(new Set(['mcp.linear.app:443', 'login.example.com:443']));
});
