import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { clientCredentials } from '../../../src/auth/protocol/client-credentials.ts';
import { deviceAuthorization } from '../../../src/auth/protocol/device-authorization.ts';
import { revoke } from '../../../src/auth/protocol/revoke.ts';
import { type Asked, oddServer, send } from './odd-server.ts';
import { credentialFor, loopbackFetch } from './subject.ts';

const TOKENS = { access_token: 'a', token_type: 'Bearer', expires_in: 60 };
const BEGUN = {
  device_code: 'device-1',
  user_code: 'ABCD-EFGH',
  verification_uri: 'https://as.example/device',
  expires_in: 100,
  interval: 2,
};

/** Begins at a server whose token endpoint gives these answers in turn; each pause is noted and takes no time. */
async function atDevice(answers: readonly [number, unknown][], begun: object = BEGUN) {
  const left = [...answers];
  const pauses: number[] = [];
  let now = 0;
  const { origin, to } = await oddServer({
    '/device': begun,
    '/token': (_: Asked, response: never) => {
      const [status, body] = left.shift() ?? [400, { error: 'authorization_pending' }];
      send(response, status, body);
    },
  });
  const { server, client } = credentialFor(origin);
  const options = { server, client, resource: `${origin}/mcp`, scopes: ['read'], fetch: loopbackFetch };
  const pause = async (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
    now += milliseconds;
  };
  const device = await deviceAuthorization({ ...options, now: () => now, pause });
  return { device, pauses, to, origin };
}

test('waits for the user on another device', async () => {
  const pending = { error: 'authorization_pending' };
  const { device, pauses, to, origin } = await atDevice([
    [400, pending],
    [400, { error: 'slow_down' }],
    [428, pending],
    [503, 'later'],
    [200, TOKENS],
  ]);

  expect(device).toMatchObject({
    userCode: 'ABCD-EFGH',
    verificationUri: 'https://as.example/device',
    expiresAt: 100_000,
  });
  expect(await device.wait()).toMatchObject({ access: 'a', scopes: ['read'] });
  expect(pauses).toEqual([2000, 2000, 7000, 7000, 12_000]);
  expect(to('/device')[0]?.form).toEqual({ client_id: 'me', scope: 'read', resource: `${origin}/mcp` });
  expect(to('/token')[0]?.form).toEqual({
    client_id: 'me',
    device_code: 'device-1',
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    resource: `${origin}/mcp`,
  });
});

test('ends when the code expires, by its own word or by the clock', async () => {
  const told = await atDevice([[400, { error: 'expired_token' }]]);
  const silent = await atDevice([]);

  await expect(told.device.wait()).rejects.toMatchObject({ code: 'SIGN_IN_TIMEOUT' });
  expect(told.pauses).toHaveLength(1);
  await expect(silent.device.wait()).rejects.toMatchObject({ code: 'SIGN_IN_TIMEOUT' });
  expect(silent.pauses).toHaveLength(50);
});

test('ends when the user declines, or nobody waits any more', async () => {
  const declined = await atDevice([[400, { error: 'access_denied' }]]);
  const cancelled = await atDevice([]);

  await expect(declined.device.wait()).rejects.toMatchObject({
    code: 'OAUTH_REFUSED',
    data: { error: 'access_denied' },
  });
  await expect(cancelled.device.wait(AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('a pause ends with its signal', async () => {
  const { origin } = await oddServer({ '/device': { ...BEGUN, interval: 600, expires_in: 6000 } });
  const { server, client } = credentialFor(origin);
  const options = { server, client, resource: null, scopes: [], fetch: loopbackFetch };
  const cancel = new AbortController();
  const waiting = (await deviceAuthorization(options)).wait(cancel.signal);
  cancel.abort();

  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
});

test.each([
  ['no interval', { interval: undefined }, 5000],
  ['an interval of nothing', { interval: 0 }, 5000],
  ['an interval as a text', { interval: '3' }, 3000],
  ['null as its interval', { interval: null }, 5000],
])('takes an answer with %s', async (_, change, pause) => {
  const { device, pauses } = await atDevice([[200, TOKENS]], { ...BEGUN, ...change });

  await device.wait();
  expect(pauses).toEqual([pause]);
});

test('takes the older spelling of the page, and a code that lasts as long as it does not say', async () => {
  const { verification_uri: verification_url, expires_in: _, ...rest } = BEGUN;
  const { device } = await atDevice([], { ...rest, verification_url });

  expect(device).toMatchObject({ verificationUri: 'https://as.example/device', expiresAt: 600_000 });
});

test.each(['javascript:alert(1)', 'http://evil.example/', 'file:///etc/passwd'])(
  'shows no page at %s',
  async (verification_uri) => {
    await expect(atDevice([], { ...BEGUN, verification_uri })).rejects.toMatchObject({
      code: 'OAUTH_UNTRUSTED',
    });
    const complete = atDevice([], { ...BEGUN, verification_uri_complete: verification_uri });
    await expect(complete).rejects.toMatchObject({ code: 'OAUTH_UNTRUSTED' });
  },
);

test.each([
  [{ authMethod: 'client_secret_basic' }, `Basic ${btoa('me:s')}`, {}],
  [{ authMethod: 'client_secret_post' }, undefined, { client_id: 'me', client_secret: 's' }],
] as const)('a client signs in for itself (%o)', async (method, authorization, form) => {
  const { origin, asked } = await oddServer({ '/token': TOKENS });
  const { server } = credentialFor(origin);
  const client = { kind: 'pre-registered', id: 'me', secret: 's', ...method } as const;
  const options = { server, client, resource: `${origin}/mcp`, scopes: ['read'], fetch: loopbackFetch };

  expect(await clientCredentials({ ...options, now: () => 0 })).toEqual({
    access: 'a',
    expiresAt: 60_000,
    receivedAt: 0,
    scopes: ['read'],
  });
  expect(asked[0]?.headers.authorization).toBe(authorization);
  expect(asked[0]?.form).toEqual({
    grant_type: 'client_credentials',
    scope: 'read',
    resource: `${origin}/mcp`,
    ...form,
  });
});

const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const EC_384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ED = generateKeyPairSync('ed25519').privateKey;
const pem = (key: typeof EC, type: 'pkcs8' | 'sec1' | 'pkcs1' = 'pkcs8'): string =>
  key.export({ type, format: 'pem' }).toString();

test.each([
  ['EC', pem(EC), 'ES256', 'sha256'],
  ['EC in its own format', pem(EC, 'sec1'), 'ES256', 'sha256'],
  ['EC of 384 bits', pem(EC_384), 'ES384', 'sha384'],
  ['RSA', pem(RSA), 'RS256', 'sha256'],
  ['RSA in its own format', pem(RSA, 'pkcs1'), 'RS256', 'sha256'],
  ['Ed25519', pem(ED), 'Ed25519', null],
])('a client proves itself by a signed assertion: %s', async (_, clientKey, alg, digest) => {
  const { origin, asked } = await oddServer({ '/token': TOKENS });
  const { server } = credentialFor(origin);
  const client = { kind: 'pre-registered', id: 'me', authMethod: 'none' } as const;
  const options = { server, client, resource: null, scopes: [], fetch: loopbackFetch, clientKey };

  await clientCredentials(options);

  const form = asked[0]?.form ?? {};
  const [header = '', payload = '', signature = ''] = (form.client_assertion ?? '').split('.');
  const key = { key: createPublicKey(clientKey), dsaEncoding: 'ieee-p1363' } as const;
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  const signed = Buffer.from(`${header}.${payload}`);
  expect(verify(digest, signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(read(header).alg).toBe(alg);
  expect(read(payload)).toMatchObject({ iss: 'me', sub: 'me', aud: origin });
  expect(form.client_assertion_type).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
});

test.each([
  ['no key', 'canary-no-key'],
  ['of a kind nobody signs with', pem(generateKeyPairSync('x25519').privateKey)],
  ['on a curve nobody signs with', pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey)],
])('refuses a client’s key that is %s, without showing it', async (_, clientKey) => {
  const { server, client } = credentialFor('https://as.example');
  const options = { server, client, resource: null, scopes: [], fetch: loopbackFetch };
  const failure = await clientCredentials({ ...options, clientKey }).catch((error) => error);

  expect(failure).toMatchObject({ code: 'SECRET_UNSUITABLE' });
  expect(inspect(failure)).not.toContain(clientKey.split('\n').at(1) ?? clientKey);
});

test('revokes both tokens, the refresh token first', async () => {
  const { origin, asked } = await oddServer({
    '/revoke': (_: Asked, response: never) => send(response, 200, ''),
  });

  await revoke(credentialFor(origin), loopbackFetch);

  expect(asked.map(({ form }) => form)).toEqual([
    { client_id: 'me', token: 'refresh-1', token_type_hint: 'refresh_token' },
    { client_id: 'me', token: 'access-1', token_type_hint: 'access_token' },
  ]);
});

test.each([
  [204, ''],
  [200, '{}'],
  [200, 'OK'],
  [400, { error: 'unsupported_token_type' }],
])('takes %i %j for revoked', async (status, body) => {
  const { origin, asked } = await oddServer({
    '/revoke': (_: Asked, response: never) => send(response, status, body),
  });

  await revoke(credentialFor(origin), loopbackFetch);
  expect(asked).toHaveLength(2);
});

test('tries the second token when the first fails, and tells', async () => {
  const { origin, asked } = await oddServer({
    '/revoke': ({ form }: Asked, response: never) =>
      send(response, form.token === 'refresh-1' ? 503 : 200, '', { 'retry-after': '1' }),
  });

  await expect(revoke(credentialFor(origin), loopbackFetch)).rejects.toMatchObject({
    code: 'OAUTH_UNAVAILABLE',
  });
  expect(asked).toHaveLength(2);
});

test('has nothing to do without an endpoint or without tokens', async () => {
  const { origin, asked } = await oddServer({});
  const subject = credentialFor(origin);
  const { revocation_endpoint: _, ...server } = subject.server;
  const { tokens: __, ...without } = subject;

  await revoke(
    { ...subject, server: { ...server, issuer: origin, token_endpoint: `${origin}/token` } },
    loopbackFetch,
  );
  await revoke(without, loopbackFetch);
  expect(asked).toEqual([]);
});
