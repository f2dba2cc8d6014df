import { expect, test } from 'vitest';
import type { ServerMetadata } from '../../../src/auth/credential.ts';
import { deleteRegistration } from '../../../src/auth/protocol/dynamic-registration.ts';
import { register } from '../../../src/auth/protocol/registration.ts';
import type { SignInSettings } from '../../../src/auth/sign-in-settings.ts';
import { type Asked, metadata, oddServer, send } from './odd-server.ts';
import { loopbackFetch, REDIRECT_URI, settingsFor } from './subject.ts';

const CLIENT_METADATA = 'https://mcpctl.example/client.json';

interface Trial {
  readonly settings?: Partial<SignInSettings>;
  readonly server?: Partial<ServerMetadata>;
  readonly answer?: unknown;
}

async function registerAt({ settings = {}, server = {}, answer }: Trial) {
  const { origin, to } = await oddServer({ '/register': answer });
  const result = await register({
    settings: settingsFor(origin, settings),
    server: { ...(metadata(origin) as ServerMetadata), ...server },
    redirectUris: [REDIRECT_URI],
    scopes: ['read', 'write'],
    fetch: loopbackFetch,
  }).catch((error: unknown) => error);
  // biome-ignore lint/suspicious/noExplicitAny: a client or an error; tests know which.
  return { result: result as any, sent: to('/register').map(({ body }) => JSON.parse(body)), origin };
}

const answering = (status: number, body: unknown, headers?: object) => {
  return (_: Asked, response: never) => send(response, status, body, headers);
};

test('a client of the user’s comes first', async () => {
  const settings = { clientId: 'mine', clientSecret: 's', clientMetadataUrl: CLIENT_METADATA };
  const { result, sent } = await registerAt({
    settings,
    server: { client_id_metadata_document_supported: true },
  });

  expect(result).toEqual({
    kind: 'pre-registered',
    id: 'mine',
    secret: 's',
    authMethod: 'client_secret_basic',
  });
  expect(sent).toEqual([]);
});

test.each([
  [undefined, ['client_secret_basic'], 'none'],
  ['s', undefined, 'client_secret_basic'],
  ['s', ['none', 'client_secret_post'], 'client_secret_post'],
  ['s', ['client_secret_post', 'client_secret_basic'], 'client_secret_basic'],
  ['s', ['private_key_jwt'], 'client_secret_basic'],
])(
  'proves a client with secret %j at a server that supports %j by %s',
  async (clientSecret, supported, method) => {
    const { result } = await registerAt({
      settings: { clientId: 'mine', ...(clientSecret && { clientSecret }) },
      server: supported ? { token_endpoint_auth_methods_supported: supported } : {},
    });

    expect(result.authMethod).toBe(method);
  },
);

test('a metadata document comes next, where the server reads them and no quirk says otherwise', async () => {
  const answer = answering(201, { client_id: 'new' });
  const server = { client_id_metadata_document_supported: true };
  const settings = { clientMetadataUrl: CLIENT_METADATA };

  expect((await registerAt({ settings, server, answer })).result).toEqual({
    kind: 'metadata-document',
    id: CLIENT_METADATA,
    authMethod: 'none',
  });
  expect((await registerAt({ settings, answer })).result.kind).toBe('registered');
  expect((await registerAt({ server, answer })).result.kind).toBe('registered');
  const quirks = { metadataDocument: false };
  expect((await registerAt({ settings: { ...settings, quirks }, server, answer })).result.kind).toBe(
    'registered',
  );
});

test('registers a native client that needs no secret', async () => {
  const { result, sent, origin } = await registerAt({
    answer: answering(201, {
      client_id: 'new',
      registration_client_uri: 'https://as.example/reg/new',
      registration_access_token: 't',
    }),
  });

  expect(sent).toEqual([
    {
      client_name: 'mcpctl',
      application_type: 'native',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
  ]);
  expect(result).toEqual({
    kind: 'registered',
    id: 'new',
    authMethod: 'none',
    redirectUris: [REDIRECT_URI],
    registrationUri: 'https://as.example/reg/new',
    registrationToken: 't',
  });
  expect(origin).toMatch(/^http/);
});

test('names the device grant, the scopes and the method where they are wanted', async () => {
  const { sent } = await registerAt({
    settings: {
      grant: 'device-code',
      quirks: { scopeOnRegistration: true, tokenAuthMethod: 'client_secret_post' },
    },
    answer: answering(201, { client_id: 'new' }),
  });

  expect(sent[0]).toMatchObject({
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    scope: 'read write',
    token_endpoint_auth_method: 'client_secret_post',
  });
});

test.each([
  [['client_secret_post', 'none'], 'none'],
  [['client_secret_post'], 'client_secret_post'],
  [['client_secret_post', 'client_secret_basic'], 'client_secret_basic'],
  [['private_key_jwt'], 'none'],
])('of %j it asks for %s', async (supported, method) => {
  const server = { token_endpoint_auth_methods_supported: supported };
  const { sent } = await registerAt({ server, answer: answering(201, { client_id: 'new' }) });

  expect(sent[0].token_endpoint_auth_method).toBe(method);
});

test.each([
  ['status 200', 200, { client_id: 'new' }, { authMethod: 'none' }],
  [
    'a secret without an end',
    201,
    { client_id: 'new', client_secret: 's' },
    { secret: 's', authMethod: 'client_secret_basic' },
  ],
  [
    'a secret and null as its end',
    201,
    { client_id: 'new', client_secret: 's', client_secret_expires_at: null },
    { secret: 's' },
  ],
  [
    'a secret that never ends',
    201,
    { client_id: 'new', client_secret: 's', client_secret_expires_at: 0 },
    { secret: 's' },
  ],
  [
    'a secret that ends',
    201,
    { client_id: 'new', client_secret: 's', client_secret_expires_at: '2000000000' },
    { secretExpiresAt: 2e12 },
  ],
  [
    'null as its secret',
    201,
    { client_id: 'new', client_secret: null, token_endpoint_auth_method: 'client_secret_basic' },
    { authMethod: 'none' },
  ],
  ['an empty secret', 201, { client_id: 'new', client_secret: '' }, { authMethod: 'none' }],
  [
    'a secret for the form',
    201,
    { client_id: 'new', client_secret: 's', token_endpoint_auth_method: 'client_secret_post' },
    { authMethod: 'client_secret_post' },
  ],
  [
    'a secret nobody needs',
    201,
    { client_id: 'new', client_secret: 's', token_endpoint_auth_method: 'none' },
    { authMethod: 'none' },
  ],
])('takes a registration with %s', async (_, status, body, client) => {
  const { result } = await registerAt({ answer: answering(status, body) });

  expect(result).toMatchObject({ kind: 'registered', id: 'new', ...client });
  if (!('secretExpiresAt' in client)) expect(result).not.toHaveProperty('secretExpiresAt');
  if (!('client_secret' in body) || !body.client_secret) expect(result).not.toHaveProperty('secret');
});

test.each(['invalid_redirect_uri', 'invalid_client_metadata'])(
  'registers as localhost where 127.0.0.1 is refused with %s',
  async (error) => {
    const { result, sent } = await registerAt({
      answer: ({ body }: Asked, response: never) =>
        body.includes('127.0.0.1')
          ? send(response, 400, { error })
          : send(response, 201, { client_id: 'new' }),
    });

    expect(result).toMatchObject({ id: 'new', redirectUris: ['http://localhost:5555/callback'] });
    expect(sent.map((each) => each.redirect_uris[0])).toEqual([
      REDIRECT_URI,
      'http://localhost:5555/callback',
    ]);
  },
);

test('says what was refused when localhost does not help either', async () => {
  const { result, sent } = await registerAt({ answer: answering(400, { error: 'invalid_redirect_uri' }) });

  expect(result).toMatchObject({ code: 'OAUTH_REFUSED', data: { error: 'invalid_redirect_uri' } });
  expect(sent).toHaveLength(2);
});

const app = { vendor: 'Vendor', console: 'https://vendor.example/apps', steps: ['Create an app'] };

test.each([
  ['offers no registration', undefined, { registration_endpoint: undefined }],
  ['forbids it', answering(403, '<html>Forbidden</html>', { 'content-type': 'text/html' }), {}],
  ['forbids it in JSON', answering(403, { error: 'access_denied' }), {}],
  ['wants a token for it', answering(401, { error: 'invalid_token' }, { 'www-authenticate': 'Bearer' }), {}],
  ['has nothing there', answering(404, { message: 'Not Found' }), {}],
])('says how to create an app by hand where the vendor %s', async (_, answer, server) => {
  const { result } = await registerAt({
    settings: { app },
    server: server as Partial<ServerMetadata>,
    answer,
  });

  expect(result).toMatchObject({ code: 'OAUTH_CLIENT_NEEDED', data: { app, redirectUri: REDIRECT_URI } });
  expect(result.hint).toContain('https://vendor.example/apps');
  expect(result.hint).toContain(REDIRECT_URI);
});

test.each([500, 503, 429])('asks for no app by hand when the server is just down (%i)', async (status) => {
  const { result } = await registerAt({ settings: { app }, answer: answering(status, 'x') });

  expect(result).toMatchObject({ code: 'OAUTH_UNAVAILABLE' });
});

test.each([
  [204, true],
  [404, false],
  [401, false],
])('gives a registration back; %i means %s', async (status, given) => {
  const { origin, asked } = await oddServer({ '/reg/new': answering(status, '') });
  const client = {
    kind: 'registered',
    id: 'new',
    authMethod: 'none',
    registrationUri: `${origin}/reg/new`,
    registrationToken: 't',
  } as const;

  expect(await deleteRegistration(client, loopbackFetch)).toBe(given);
  expect(asked[0]).toMatchObject({ method: 'DELETE', headers: { authorization: 'Bearer t' } });
});

test('tells when a registration could not be given back, and does nothing without an address', async () => {
  const { origin, asked } = await oddServer({ '/reg/new': answering(500, '') });
  const client = { kind: 'registered', id: 'new', authMethod: 'none' } as const;
  const known = { ...client, registrationUri: `${origin}/reg/new`, registrationToken: 't' };

  await expect(deleteRegistration(known, loopbackFetch)).rejects.toMatchObject({ code: 'OAUTH_UNAVAILABLE' });
  expect(await deleteRegistration(client, loopbackFetch)).toBe(false);
  expect(asked).toHaveLength(1);
});
