import { expect, onTestFinished, test } from 'vitest';
import type { Credential } from '../../../src/auth/credential.ts';
import { beginAuthorization, finishAuthorization } from '../../../src/auth/protocol/authorization.ts';
import { deviceAuthorization } from '../../../src/auth/protocol/device-authorization.ts';
import { discover } from '../../../src/auth/protocol/discovery.ts';
import { deleteRegistration } from '../../../src/auth/protocol/dynamic-registration.ts';
import { refreshTokens } from '../../../src/auth/protocol/refresh.ts';
import { register } from '../../../src/auth/protocol/registration.ts';
import { revoke } from '../../../src/auth/protocol/revoke.ts';
import type { SignInSettings } from '../../../src/auth/sign-in-settings.ts';
import { browse } from '../../fixtures/oauth/fetch-browser.mjs';
import {
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from '../../support/oauth/authorization-server.ts';
import { startProtectedServer } from '../../support/oauth/protected-server.ts';
import { MANGLED_ANSWERS } from '../../support/oauth/token-failures.ts';
import { credentialFor, loopbackFetch as fetch, REDIRECT_URI, settingsFor } from './subject.ts';

test.each([{}, { path: '/tenant1' }])(
  'signs in, refreshes, revokes and forgets at oidc-provider (%o)',
  async (options) => {
    const { issuer, signIn } = await world({ options });
    const credential = await signIn(['read']);

    expect(await issuer.verify(credential.tokens?.access ?? '')).toMatchObject({ scopes: ['read'] });
    const { tokens } = await refreshTokens({ credential, fetch, quirks: {} });
    expect(tokens.refresh).not.toBe(credential.tokens?.refresh);
    expect(await issuer.verify(tokens.access)).toMatchObject({ audience: [credential.resource] });
    await revoke({ ...credential, tokens }, fetch);
    const failure = refreshTokens({ credential: { ...credential, tokens }, fetch, quirks: {} });
    await expect(failure).rejects.toMatchObject({ code: 'OAUTH_REFUSED', data: { error: 'invalid_grant' } });
    expect(await deleteRegistration(credential.client, fetch)).toBe(true);
    await expect(refreshTokens({ credential, fetch, quirks: {} })).rejects.toMatchObject({
      code: 'OAUTH_REFUSED',
      data: { error: 'invalid_client' },
    });
  },
);

test.each([
  ['no path', (origin: string) => origin],
  ['a slash at the end', (origin: string) => `${origin}/mcp/`],
  ['its address', (origin: string) => `${origin}/mcp`],
])('a resource with %s is sent byte for byte each time', async (_, resource) => {
  const { issuer, server, signIn } = await world({ resource });
  const credential = await signIn(['read']);
  await refreshTokens({ credential, fetch, quirks: {} });

  const expected = resource(server.origin);
  expect(issuer.seen.authorizations()[0]?.query.getAll('resource')).toEqual([expected]);
  expect(issuer.seen.exchanges().map(({ form }) => form.getAll('resource'))).toEqual([[expected]]);
  expect(issuer.seen.refreshes().map(({ form }) => form.getAll('resource'))).toEqual([[expected]]);
});

test.each(Object.keys(MANGLED_ANSWERS))('takes new tokens in spite of %s', async (name) => {
  const { issuer, signIn } = await world({});
  const credential = await signIn(['read']);
  issuer.alter((answer, { form }) => {
    if (form.get('grant_type') === 'refresh_token') MANGLED_ANSWERS[name]?.(answer);
    return undefined;
  });

  const { tokens } = await refreshTokens({ credential, fetch, quirks: {} });

  expect(await issuer.verify(tokens.access)).toMatchObject({ scopes: ['read'] });
  expect(tokens.scopes).toEqual(['read']);
  // A server that keeps the new one to itself leaves nothing but the old one.
  expect(tokens.refresh === credential.tokens?.refresh).toBe(name.endsWith('refresh token'));
});

test('nothing of one issuer’s is sent to another', async () => {
  const [one, other] = [await world({}), await world({})];
  const credential = await one.signIn(['read']);

  const moved = discover({ url: other.server.url, fetch, quirks: {}, expectedIssuer: credential.issuer });
  await expect(moved).rejects.toMatchObject({
    code: 'OAUTH_UNTRUSTED',
    data: { expectedIssuer: one.issuer.issuer, issuer: other.issuer.issuer },
  });
  expect(other.issuer.requests).toEqual([]);
});

test('a code for another device is confirmed on its page', async () => {
  const { issuer, prepare } = await world({
    options: { deviceFlow: true },
    settings: { grant: 'device-code' },
  });
  const { server, client, resource } = await prepare([]);
  const begun = await deviceAuthorization({
    server,
    client,
    resource,
    scopes: ['read'],
    fetch,
    pause: async () => void (await browse(begun.verificationUriComplete ?? '')),
  });

  expect(await issuer.verify((await begun.wait()).access)).toMatchObject({ scopes: ['read'] });
});

test('somebody who declines in the browser is told so', async () => {
  const { signIn } = await world({});

  await expect(signIn(['read'], 'refuse')).rejects.toMatchObject({
    code: 'OAUTH_REFUSED',
    data: { error: 'access_denied' },
  });
});

test('a server that knows another resource says so', async () => {
  const { signIn } = await world({ options: { knowsResource: () => false } });

  await expect(signIn(['read'])).rejects.toMatchObject({
    code: 'OAUTH_REFUSED',
    data: { error: 'invalid_target' },
  });
});

interface Setting {
  readonly options?: AuthorizationServerOptions;
  readonly resource?: (origin: string) => string;
  readonly settings?: Partial<SignInSettings>;
}

/** oidc-provider, a protected MCP server, and the steps of a sign-in to it. */
async function world({ options = {}, resource, settings = {} }: Setting) {
  const issuer = await startAuthorizationServer(options);
  onTestFinished(issuer.close);
  const server = await startProtectedServer({
    issuers: [issuer.issuer],
    verify: issuer.verify,
    metadata: 'inserted',
    ...(resource && { resource }),
  });
  onTestFinished(server.close);
  const prepare = async (scopes: readonly string[]) => {
    const found = await discover({ url: server.url, fetch, quirks: {} });
    const asked = { ...settingsFor(server.origin, settings), url: server.url };
    const redirectUris = [REDIRECT_URI];
    const client = await register({ settings: asked, server: found.server, redirectUris, scopes, fetch });
    return { ...found, client };
  };
  const signIn = async (scopes: readonly string[], does?: 'refuse'): Promise<Credential> => {
    const { client, ...found } = await prepare(scopes);
    const request = {
      server: found.server,
      client,
      redirectUri: REDIRECT_URI,
      scopes,
      resource: found.resource,
    };
    const { url, state, verifier } = await beginAuthorization({ ...request, quirks: {} });
    const page = await browse(url, { stopAt: REDIRECT_URI, ...(does && { does }) });
    const tokens = await finishAuthorization({
      ...request,
      callback: new URL(page.url),
      state,
      verifier,
      fetch,
    });
    const { issuer: name } = found.server;
    const { resource: about } = found;
    return credentialFor(server.origin, {
      issuer: name,
      server: found.server,
      client,
      tokens,
      resource: about,
    });
  };
  return { issuer, server, prepare, signIn };
}
