import { expect, test } from 'vitest';
import { beginAuthorization, finishAuthorization } from '../../../src/auth/protocol/authorization.ts';
import { discover } from '../../../src/auth/protocol/discovery.ts';
import { createAuthFetch } from '../../../src/auth/protocol/network.ts';
import { register } from '../../../src/auth/protocol/registration.ts';
import { documents, oddServer, send } from './odd-server.ts';

const fetch = createAuthFetch({ env: {}, allowLoopback: true });
const redirectUri = 'http://127.0.0.1:5555/callback';

test('signs in by the standard: discovery, registration, browser, code', async () => {
  const { origin, to } = await oddServer({
    ...documents(),
    '/register': (_: unknown, response: never) => send(response, 201, { client_id: 'me' }),
    '/token': { access_token: 'a1', refresh_token: 'r1', expires_in: 60, token_type: 'Bearer' },
  });
  const settings = {
    name: 'here',
    url: `${origin}/mcp`,
    profile: 'here',
    grant: 'authorization-code' as const,
    callback: { host: '127.0.0.1' as const, path: '/callback' },
    quirks: {},
  };
  const { server, resource } = await discover({ url: settings.url, fetch, quirks: {} });
  const client = await register({ settings, server, redirectUris: [redirectUri], scopes: [], fetch });
  const begun = await beginAuthorization({
    server,
    client,
    redirectUri,
    scopes: ['read'],
    resource,
    quirks: {},
  });

  const tokens = await finishAuthorization({
    server,
    client,
    callback: new URL(`${redirectUri}?code=c1&state=${begun.state}`),
    ...begun,
    redirectUri,
    resource,
    scopes: ['read'],
    fetch,
    now: () => 1000,
  });

  expect(tokens).toEqual({
    access: 'a1',
    refresh: 'r1',
    expiresAt: 61_000,
    receivedAt: 1000,
    scopes: ['read'],
  });
  expect(Object.fromEntries(begun.url.searchParams)).toMatchObject({
    client_id: 'me',
    code_challenge_method: 'S256',
    redirect_uri: redirectUri,
    resource: `${origin}/mcp`,
    response_type: 'code',
    scope: 'read',
  });
  expect(to('/token')[0]?.form).toEqual({
    client_id: 'me',
    code: 'c1',
    code_verifier: begun.verifier,
    grant_type: 'authorization_code',
    redirect_uri: redirectUri,
    resource: `${origin}/mcp`,
  });
});
