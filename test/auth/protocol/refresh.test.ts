import { expect, test } from 'vitest';
import type { Credential } from '../../../src/auth/credential.ts';
import { refreshTokens } from '../../../src/auth/protocol/refresh.ts';
import type { OAuthQuirks } from '../../../src/auth/sign-in-settings.ts';
import { freePort } from '../../support/free-port.ts';
import { type Asked, oddServer, send } from './odd-server.ts';
import { credentialFor, loopbackFetch } from './subject.ts';

const NOW = 1_000_000;
const FRESH = { access_token: 'access-2', refresh_token: 'refresh-2', token_type: 'Bearer', expires_in: 60 };
const json = { 'content-type': 'application/json' };

interface Trial {
  readonly credential?: Partial<Credential>;
  readonly quirks?: OAuthQuirks;
}

/** Refreshes at a token endpoint that answers so. */
async function refreshAt(token: unknown, { credential = {}, quirks = {} }: Trial = {}) {
  const server = await oddServer({ '/token': token });
  const subject = credentialFor(server.origin, credential);
  const result = await refreshTokens({
    credential: subject,
    fetch: loopbackFetch,
    quirks,
    now: () => NOW,
  }).catch((error: unknown) => error);
  // biome-ignore lint/suspicious/noExplicitAny: a result or an error; tests know which.
  return { server, result: result as any, forms: server.to('/token').map(({ form }) => form) };
}

const answering = (status: number, body: unknown, headers: object = json) => {
  return (_: Asked, response: never) => send(response, status, body, headers);
};

test('sends the refresh token and the resource, and takes what comes', async () => {
  const { result, forms, server } = await refreshAt(FRESH);

  expect(result).toEqual({
    tokens: {
      access: 'access-2',
      refresh: 'refresh-2',
      expiresAt: NOW + 60_000,
      receivedAt: NOW,
      scopes: ['read'],
    },
  });
  expect(forms).toEqual([
    {
      client_id: 'me',
      grant_type: 'refresh_token',
      refresh_token: 'refresh-1',
      resource: `${server.origin}/mcp`,
    },
  ]);
});

test.each([undefined, null, ''])(
  'keeps the old refresh token when the new one is %j',
  async (refresh_token) => {
    const { result } = await refreshAt({ ...FRESH, refresh_token });

    expect(result.tokens).toMatchObject({ access: 'access-2', refresh: 'refresh-1' });
  },
);

/** Dialects of a token endpoint that grants; the new refresh token must never be lost over one. */
const DIALECTS: readonly [string, number, unknown, object?][] = [
  ['nulls everywhere', 200, { ...FRESH, scope: null, id_token: null, expires_in: null, error: null }],
  ['an id_token nobody can use', 200, { ...FRESH, id_token: 'not.a.jwt' }],
  ['an empty id_token', 200, { ...FRESH, id_token: '' }],
  ['status 201', 201, FRESH],
  ['no token_type', 200, { ...FRESH, token_type: undefined }],
  ['token_type null', 200, { ...FRESH, token_type: null }],
  ['a token_type of its own', 200, { ...FRESH, token_type: 'user' }],
  ['an upper-case token_type', 200, { ...FRESH, token_type: 'BEARER' }],
  ['a list of scopes', 200, { ...FRESH, scope: ['read'] }],
  ['scopes of a wrong kind', 200, { ...FRESH, scope: { read: true } }],
  [
    'a form',
    200,
    new URLSearchParams({ access_token: 'access-2', refresh_token: 'refresh-2' }).toString(),
    {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    },
  ],
  [
    'a form under another type',
    200,
    'access_token=access-2&refresh_token=refresh-2',
    { 'content-type': 'text/html' },
  ],
  ['JSON under another type', 200, JSON.stringify(FRESH), { 'content-type': 'text/plain' }],
  ['JSON under no type', 200, JSON.stringify(FRESH), {}],
  ['a byte order mark', 200, `\uFEFF${JSON.stringify(FRESH)}`],
  ['an empty error', 200, { ...FRESH, error: '' }],
  ['a challenge beside the answer', 200, FRESH, { ...json, 'www-authenticate': 'Basic realm="x"' }],
];

test.each(DIALECTS)('loses no rotated token over %s', async (_, status, body, headers = json) => {
  const { result, forms } = await refreshAt(answering(status, body, headers));

  expect(result.tokens).toMatchObject({ access: 'access-2', refresh: 'refresh-2', scopes: ['read'] });
  expect(forms).toHaveLength(1);
});

test.each([
  [60, NOW + 60_000],
  ['60', NOW + 60_000],
  [1.5, NOW + 1500],
  [0, undefined],
  [-1, undefined],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
  [{}, undefined],
  [1e300, NOW + 365 * 86_400_000],
  [4_102_444_800, NOW + 365 * 86_400_000],
])('reads expires_in %j', async (expires_in, expiresAt) => {
  const { result } = await refreshAt({ ...FRESH, expires_in });

  expect(result.tokens.expiresAt).toBe(expiresAt);
});

/** What says that the refresh token or the client is done with. */
const FINAL: readonly [string, number, unknown, string, object?][] = [
  ['the standard', 400, { error: 'invalid_grant' }, 'invalid_grant'],
  ['a client unknown', 401, { error: 'invalid_client' }, 'invalid_client'],
  [
    'a challenge beside it',
    401,
    { error: 'invalid_client' },
    'invalid_client',
    {
      ...json,
      'www-authenticate': 'Basic realm="token"',
    },
  ],
  ['a client not allowed', 400, { error: 'unauthorized_client' }, 'unauthorized_client'],
  ['status 200', 200, { error: 'invalid_grant' }, 'invalid_grant'],
  ['status 403', 403, { error: 'invalid_grant' }, 'invalid_grant'],
  ['status 500', 500, { error: 'invalid_grant' }, 'invalid_grant'],
  ['a nested error', 400, { error: { message: 'x', code: 'invalid_grant' } }, 'invalid_grant'],
  ['a nested error by type', 400, { error: { code: 400, type: 'invalid_client' } }, 'invalid_client'],
  ['a list of errors', 400, { errors: [{ code: 'invalid_grant' }] }, 'invalid_grant'],
  [
    'a form',
    400,
    'error=invalid_grant&error_description=x',
    'invalid_grant',
    {
      'content-type': 'application/x-www-form-urlencoded',
    },
  ],
  ['GitHub', 200, { error: 'bad_refresh_token' }, 'invalid_grant'],
  ['GitHub, the client', 200, { error: 'incorrect_client_credentials' }, 'invalid_client'],
  ['Slack', 200, { ok: false, error: 'invalid_refresh_token' }, 'invalid_grant'],
  ['Microsoft', 400, { error: 'interaction_required', error_codes: [50076] }, 'invalid_grant'],
];

test.each(FINAL)('knows that a sign-in is over: %s', async (_, status, body, error, headers = json) => {
  const { result, forms } = await refreshAt(answering(status, body, headers));

  expect(result).toMatchObject({ code: 'OAUTH_REFUSED', data: { error } });
  expect(forms).toHaveLength(1);
});

/** What says nothing about the token, so that it is kept. */
const PASSING: readonly [string, number, unknown, object?][] = [
  ['overload', 503, 'later'],
  ['overload that claims more than it can know', 503, { error: 'invalid_grant' }],
  ['throttling', 429, { error: 'slow_down' }],
  ['throttling in strange words', 429, { error: 'invalid_grant' }],
  ['an internal error', 500, { error: 'server_error' }],
  ['an internal error in own words', 500, { error: 'boom' }],
  ['a gateway', 502, '<html>bad gateway</html>', { 'content-type': 'text/html' }],
  ['a page', 200, '<html>sign in to the hotel</html>', { 'content-type': 'text/html' }],
  ['nothing', 200, ''],
  ['a list', 200, '[]'],
  ['no access token', 200, { token_type: 'Bearer' }],
  ['an access token of a wrong kind', 200, { ...FRESH, access_token: 7 }],
  ['a refusal without an error', 400, { message: 'Bad Request' }],
  ['a refusal in words', 403, 'forbidden'],
  ['a challenge alone', 401, '', { 'www-authenticate': 'Basic realm="x"' }],
  ['an error nobody knows', 400, { error: 'Not Found' }],
  ['an error that is no word', 400, { error: true }],
  ['an error every object has', 400, { error: 'constructor' }],
  ['a redirect', 302, { error: 'invalid_grant' }, { location: 'https://elsewhere.example/' }],
  ['a wish to try later', 400, { error: 'temporarily_unavailable' }],
];

test.each(PASSING)('keeps the sign-in over %s', async (_, status, body, headers = json) => {
  const { result, forms } = await refreshAt(answering(status, body, { ...headers, 'retry-after': '3' }));

  expect(result).toMatchObject({ code: 'OAUTH_UNAVAILABLE' });
  expect(forms).toHaveLength(1);
  const asksToWait = status >= 429 || JSON.stringify(body).includes('temporarily');
  if (asksToWait) expect(result.data.retryAfterMs).toBe(3000);
  if (JSON.stringify(body).includes('constructor')) expect(result.data.error).toBe('constructor');
});

test('says how long to wait, in seconds or by a date, an hour at most', async () => {
  const wait = async (value: string): Promise<number> => {
    const { result } = await refreshAt(answering(503, '', { 'retry-after': value }));
    return result.data.retryAfterMs;
  };

  expect(await wait('7')).toBe(7000);
  expect(await wait('999999')).toBe(3_600_000);
  expect(await wait(new Date(Date.now() + 30_000).toUTCString())).toBeGreaterThan(20_000);
  expect(await wait('Thu, 01 Jan 1970 00:00:00 GMT')).toBe(0);
  expect(await wait('soon')).toBeUndefined();
});

test.each([
  ['nobody listens', async () => `http://127.0.0.1:${await freePort()}`],
  [
    'the connection breaks',
    async () => {
      const routes = {
        '/token': (_: Asked, response: { socket: { destroy(): void } }) => response.socket.destroy(),
      };
      return (await oddServer(routes)).origin;
    },
  ],
  [
    'the answer never ends',
    async () => {
      const flood = (_: Asked, response: NodeJS.WritableStream) => void response.write('x'.repeat(3_000_000));
      return (await oddServer({ '/token': flood })).origin;
    },
  ],
])('keeps the sign-in when %s', async (_, origin) => {
  const credential = credentialFor(await origin());
  const failure = refreshTokens({ credential, fetch: loopbackFetch, quirks: {} });

  await expect(failure).rejects.toMatchObject({
    code: 'OAUTH_UNAVAILABLE',
    data: { issuer: credential.issuer },
  });
});

test('can be cancelled', async () => {
  const cancel = new AbortController();
  const { origin } = await oddServer({ '/token': () => cancel.abort() });
  const credential = credentialFor(origin);
  const failure = refreshTokens({ credential, fetch: loopbackFetch, quirks: {}, signal: cancel.signal });

  await expect(failure).rejects.toMatchObject({ code: 'CANCELLED' });
});

/** Grants only a request whose form passes; refuses it as the vendor does. */
function picky(fits: (form: Readonly<Record<string, string>>) => boolean, refusal: object) {
  return ({ form }: Asked, response: never) =>
    fits(form) ? send(response, 200, FRESH) : send(response, 400, refusal);
}

test.each([
  ['invalid_target', { error: 'invalid_target' }],
  [
    'AADSTS9010010',
    { error: 'invalid_request', error_description: 'AADSTS9010010: The resource parameter ...' },
  ],
])('leaves out a resource that is refused by %s, and learns it', async (_, refusal) => {
  const { result, forms } = await refreshAt(picky(({ resource }) => resource === undefined, refusal));

  expect(result).toMatchObject({ tokens: { refresh: 'refresh-2' }, learnt: { resourceOnRefresh: false } });
  expect(forms).toHaveLength(2);
});

test('repeats the scopes where they are missed, and learns it', async () => {
  const entra = picky(({ resource, scope }) => resource === undefined && scope === 'read offline_access', {
    error: 'invalid_request',
    error_description: 'AADSTS90014: scope',
  });
  const requestedScopes = ['read', 'offline_access'];
  const { result, forms } = await refreshAt(entra, { credential: { requestedScopes, resource: null } });

  expect(result).toMatchObject({ tokens: { refresh: 'refresh-2' }, learnt: { scopeOnRefresh: true } });
  expect(forms).toHaveLength(2);
});

test('tries each thing once', async () => {
  const { result, forms } = await refreshAt(answering(400, { error: 'invalid_target' }));
  const other = await refreshAt(answering(400, { error: 'invalid_scope' }));

  expect(result).toMatchObject({ code: 'OAUTH_UNAVAILABLE', data: { error: 'invalid_target' } });
  expect(forms).toHaveLength(2);
  expect(other.result).toMatchObject({ code: 'OAUTH_UNAVAILABLE', data: { error: 'invalid_scope' } });
  expect(other.forms).toHaveLength(2);
});

test.each([
  ['was learnt', { credential: { learnt: { resourceOnRefresh: false, scopeOnRefresh: true } } }],
  ['is known of the vendor', { quirks: { resourceOnRefresh: false, scopeOnRefresh: true } }],
])('does at once what %s', async (_, trial) => {
  const { result, forms } = await refreshAt(FRESH, trial);

  expect(result).not.toHaveProperty('learnt');
  expect(forms).toEqual([
    { client_id: 'me', grant_type: 'refresh_token', refresh_token: 'refresh-1', scope: 'read' },
  ]);
});

test('without a refresh token only a sign-in helps, and nobody is asked', async () => {
  const tokens = { access: 'a', receivedAt: 0, scopes: [] };
  const { result, forms } = await refreshAt(FRESH, { credential: { tokens } });

  expect(result).toMatchObject({ code: 'OAUTH_REFUSED', data: { error: 'invalid_grant' } });
  expect(forms).toEqual([]);
});

test.each([
  ['client_secret_basic', { authorization: `Basic ${btoa('client%3A1.0~x:s%3A%2F%20%2B')}` }, {}],
  ['client_secret_post', {}, { client_id: 'client:1.0~x', client_secret: 's:/ +' }],
  ['none', {}, { client_id: 'client:1.0~x' }],
] as const)('proves the client by %s', async (authMethod, headers, form) => {
  const client = { kind: 'pre-registered', id: 'client:1.0~x', secret: 's:/ +', authMethod } as const;
  const { server, forms } = await refreshAt(FRESH, { credential: { client } });
  const { authorization } = server.asked[0]?.headers ?? {};

  expect(authorization ? { authorization } : {}).toEqual(headers);
  expect(forms[0]).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'refresh-1',
    resource: `${server.origin}/mcp`,
    ...form,
  });
});
