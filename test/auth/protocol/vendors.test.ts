import { expect, onTestFinished, test } from 'vitest';
import type { Credential } from '../../../src/auth/credential.ts';
import { beginAuthorization, finishAuthorization } from '../../../src/auth/protocol/authorization.ts';
import { discover } from '../../../src/auth/protocol/discovery.ts';
import { createAuthFetch, reachOf } from '../../../src/auth/protocol/network.ts';
import { refreshTokens } from '../../../src/auth/protocol/refresh.ts';
import { register } from '../../../src/auth/protocol/registration.ts';
import { revoke } from '../../../src/auth/protocol/revoke.ts';
import { scopesToRequest } from '../../../src/auth/protocol/scopes.ts';
import { receptionOf } from '../../../src/auth/sign-in/server-challenge.ts';
import type { SignInSettings } from '../../../src/auth/sign-in-settings.ts';
import { signInSettingsOf } from '../../../src/auth/sign-in-settings-of.ts';
import { vendorOf } from '../../../src/auth/vendor.ts';
import type { Fetch } from '../../../src/platform/fetch.ts';
import { startInternet } from '../../support/oauth/internet.ts';
import { VENDORS } from '../../support/oauth/vendor-rules.ts';
import { startVendor, type VendorStandIn } from '../../support/oauth/vendor-stand-in.ts';
import { credentialFor } from './subject.ts';

/** Where the browser comes back to when the vendor takes any port. */
const ANY_PORT = 5555;

/** For a vendor on this machine. */
const HERE = { env: {}, asked: [] };

test.each(Object.keys(VENDORS) as (keyof typeof VENDORS)[])(
  'signs in to %s by what the catalog knows, renews twice and revokes',
  async (name) => {
    const vendor = await startVendor(name);
    onTestFinished(vendor.close);
    const internet = vendor.rules.home ? await startInternet(vendor.hosts) : HERE;
    const { url } = vendor.server;
    const fetch = createAuthFetch({ env: internet.env, ...reachOf(url) });
    const settings = await settingsOf(vendor);

    const signedIn = await signIn(settings, fetch);

    const isForEver = vendor.rules.lifetime === 'none';
    expect(signedIn.tokens?.refresh === undefined).toBe(isForEver);
    expect(signedIn.tokens?.expiresAt === undefined).toBe(isForEver);
    if (!isForEver) {
      const first = await refreshTokens({ credential: signedIn, fetch, quirks: settings.quirks });
      const renewed = { ...signedIn, ...first };
      const requests = vendor.requests.length;
      const second = await refreshTokens({ credential: renewed, fetch, quirks: settings.quirks });
      expect(second.tokens.access).not.toBe(first.tokens.access);
      // What the first one learnt, the second one knows.
      expect(vendor.requests.length - requests).toBe(1);
      await revoke({ ...renewed, ...second }, fetch);
    }
    expect(new Set(internet.asked)).toEqual(hostsOf(vendor));
  },
);

test.each(['github', 'slack', 'asana', 'google'] as const)(
  'says where to create an app at %s',
  async (name) => {
    const vendor = await startVendor(name);
    onTestFinished(vendor.close);
    const { env } = await startInternet(vendor.hosts);
    const { clientId: _, clientSecret: __, ...settings } = await settingsOf(vendor);
    const fetch = createAuthFetch({ env, ...reachOf(settings.url) });

    await expect(signIn(settings, fetch)).rejects.toMatchObject({
      code: 'OAUTH_CLIENT_NEEDED',
      hint: expect.stringContaining(settings.app?.console ?? 'no console'),
    });
  },
);

/** As an entry that names the app made at the vendor, over the catalog. */
async function settingsOf({ server: { url }, rules }: VendorStandIn): Promise<SignInSettings> {
  const { client } = rules;
  const catalog = await vendorOf(url);
  return await signInSettingsOf({
    name: 'vendor',
    entry: {
      url,
      ...(client && { clientId: client.id }),
      ...(client?.secret && { clientSecret: client.secret }),
      ...(client && { callbackHost: new URL(client.redirectUri).hostname as 'localhost' }),
    },
    ...(catalog && { catalog }),
    clientMetadataUrl: 'https://client.example/metadata.json',
    resolve: async (values) => values,
  });
}

async function signIn(settings: SignInSettings, fetch: Fetch): Promise<Credential> {
  const { url, quirks, callback } = settings;
  const reception = await receptionOf(url, fetch);
  const challenge = reception.kind === 'challenge' ? { challenge: reception.challenge } : {};
  const { server, resource, scopesSupported } = await discover({ url, fetch, quirks, ...challenge });
  const scopes = scopesToRequest({ prm: scopesSupported, server });
  const redirectUri = `http://${callback.host}:${callback.port ?? ANY_PORT}${callback.path}`;
  const client = await register({ settings, server, redirectUris: [redirectUri], scopes, fetch });
  const request = { server, client, redirectUri, scopes, resource };
  const { url: page, state, verifier } = await beginAuthorization({ ...request, quirks });
  // These vendors consent at once.
  const arrived = (await fetch(page)).headers.get('location') ?? '';
  const answer = { ...request, callback: new URL(arrived), state, verifier, fetch };
  const tokens = await finishAuthorization(answer);
  return credentialFor(server.issuer, { url, server, client, tokens, resource, requestedScopes: scopes });
}

function hostsOf({ hosts }: VendorStandIn): Set<string> {
  return new Set(Object.keys(hosts).map((host) => `${host}:443`));
}
