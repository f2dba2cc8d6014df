import { expect, test } from 'vitest';
import { type DiscoverOptions, type Discovery, discover } from '../../../src/auth/protocol/discovery.ts';
import { documents, metadata, type OddServer, oddServer, send } from './odd-server.ts';
import { loopbackFetch } from './subject.ts';

const PRM = '/.well-known/oauth-protected-resource';
const AS = '/.well-known/oauth-authorization-server';

async function discoverAt({ origin }: OddServer, options: Partial<DiscoverOptions> = {}): Promise<Discovery> {
  return await discover({ url: `${origin}/mcp`, fetch: loopbackFetch, quirks: {}, ...options });
}

const paths = ({ asked }: OddServer): string[] => asked.map(({ path }) => path);

test('takes the document the challenge names, and asks nowhere else', async () => {
  const named = await oddServer({
    '/here': (_: unknown, response: never, origin: string) =>
      send(response, 200, {
        resource: origin,
        authorization_servers: [origin],
        scopes_supported: ['a', 'b'],
      }),
    ...documents(),
  });

  const found = await discoverAt(named, { challenge: { resourceMetadata: `${named.origin}/here` } });

  expect(found).toMatchObject({
    resource: named.origin,
    scopesSupported: ['a', 'b'],
    server: { issuer: named.origin },
  });
  expect(paths(named)).toEqual(['/here', AS]);
});

test('does not fall back when the document the challenge names is missing', async () => {
  const named = await oddServer(documents());
  const failure = discoverAt(named, { challenge: { resourceMetadata: `${named.origin}/nowhere` } });

  await expect(failure).rejects.toMatchObject({ code: 'OAUTH_DISCOVERY_FAILED' });
  expect(paths(named)).toEqual(['/nowhere']);
});

test('looks below the path first, then at the root, with the query where the address has one', async () => {
  const server = await oddServer({
    [PRM]: (_: unknown, response: never, origin: string) =>
      send(response, 200, { resource: origin, authorization_servers: [origin] }),
    [AS]: (_: unknown, response: never, origin: string) => send(response, 200, metadata(origin)),
  });

  await discoverAt(server, { url: `${server.origin}/deep/mcp/?project=1` });

  expect(paths(server)).toEqual([`${PRM}/deep/mcp/?project=1`, `${PRM}/deep/mcp?project=1`, PRM, AS]);
});

test.each([
  ['/mcp', '/mcp'],
  ['/mcp/', '/mcp'],
  ['/mcp', '/mcp/'],
  ['', '/mcp'],
  ['/', '/mcp'],
  ['/v1', '/v1/mcp'],
])('accepts resource %j for %j and keeps it byte for byte', async (resource, path) => {
  const server = await oddServer({
    ...documents(),
    [`${PRM}${path}`]: (_: unknown, response: never, origin: string) =>
      send(response, 200, { resource: `${origin}${resource}`, authorization_servers: [origin] }),
  });

  const found = await discoverAt(server, { url: `${server.origin}${path}` });

  expect(found.resource).toBe(`${server.origin}${resource}`);
});

test.each([
  'https://other.example/mcp',
  'ORIGIN/mcp/deeper',
  'ORIGIN/mc',
  'ORIGIN/other',
  'ORIGIN:1/mcp',
  'ORIGIN/mcp?x=1',
  'http://user@127.0.0.1/mcp',
  'mcp',
])('refuses a document that speaks for %s', async (resource) => {
  const server: OddServer = await oddServer({
    ...documents(),
    [`${PRM}/mcp`]: (_: unknown, response: never, origin: string) =>
      send(response, 200, { resource: resource.replace('ORIGIN', origin), authorization_servers: [origin] }),
  });

  await expect(discoverAt(server)).rejects.toMatchObject({ code: 'OAUTH_UNTRUSTED' });
  expect(paths(server)).toEqual([`${PRM}/mcp`]);
});

test.each([
  ['an internal error', 500, 'oops', 'OAUTH_UNAVAILABLE'],
  ['overload', 503, 'later', 'OAUTH_UNAVAILABLE'],
  ['throttling', 429, '{}', 'OAUTH_UNAVAILABLE'],
  ['a page', 200, '<html></html>', 'OAUTH_DISCOVERY_FAILED'],
  ['a list', 200, '[]', 'OAUTH_DISCOVERY_FAILED'],
  ['no servers', 200, '{"resource":"ORIGIN/mcp"}', 'OAUTH_DISCOVERY_FAILED'],
  [
    'an empty list of servers',
    200,
    '{"resource":"ORIGIN/mcp","authorization_servers":[]}',
    'OAUTH_DISCOVERY_FAILED',
  ],
  ['no resource', 200, '{"authorization_servers":["ORIGIN"]}', 'OAUTH_DISCOVERY_FAILED'],
])('takes %s for a failure, never for a server without the document', async (_, status, body, code) => {
  const server: OddServer = await oddServer({
    ...documents(),
    [`${PRM}/mcp`]: (_asked: unknown, response: never, origin: string) =>
      send(response, status, body.replaceAll('ORIGIN', origin), {
        'retry-after': '7',
        'content-type': 'text/html',
      }),
  });

  const failure = await discoverAt(server).catch((error) => error);

  expect(failure).toMatchObject({ code });
  expect(failure.data.retryAfterMs).toBe(status === 200 ? undefined : 7000);
  expect(paths(server)).toEqual([`${PRM}/mcp`]);
});

test('a connection that breaks is no server without the document either', async () => {
  const server = await oddServer({
    ...documents(),
    [`${PRM}/mcp`]: (_: unknown, response: { socket: { destroy(): void } }) => response.socket.destroy(),
  });

  await expect(discoverAt(server)).rejects.toMatchObject({ code: 'OAUTH_UNAVAILABLE' });
});

test('reports a redirect of a document and does not follow it', async () => {
  const elsewhere = await oddServer({});
  const server = await oddServer({
    [`${PRM}/mcp`]: (_: unknown, response: never) =>
      send(response, 302, '', { location: `${elsewhere.origin}/secret` }),
  });

  const failure = await discoverAt(server).catch((error) => error);

  expect(failure).toMatchObject({ code: 'OAUTH_DISCOVERY_FAILED' });
  expect(failure.message).toContain(new URL(elsewhere.origin).host);
  expect(elsewhere.asked).toEqual([]);
});

test.each([
  ['oauth, path inserted', '/.well-known/oauth-authorization-server/tenant', 1],
  ['OpenID Connect, path inserted', '/.well-known/openid-configuration/tenant', 2],
  ['OpenID Connect, path appended', '/tenant/.well-known/openid-configuration', 3],
])('finds the metadata of an issuer with a path: %s', async (_, place, tries) => {
  const server = await oddServer({
    [`${PRM}/mcp`]: (_asked: unknown, response: never, origin: string) =>
      send(response, 200, { resource: `${origin}/mcp`, authorization_servers: [`${origin}/tenant`] }),
    [place]: (_asked: unknown, response: never, origin: string) =>
      send(response, 200, metadata(origin, { issuer: `${origin}/tenant` })),
  });

  const found = await discoverAt(server);

  expect(found.server.issuer).toBe(`${server.origin}/tenant`);
  expect(paths(server)).toHaveLength(tries + 1);
  expect(paths(server).at(-1)).toBe(place);
});

test('finds the metadata of an issuer without a path in the OpenID Connect place, behind a front page', async () => {
  const server = await oddServer({
    [`${PRM}/mcp`]: documents()[`${PRM}/mcp`],
    [AS]: (_: unknown, response: never) => send(response, 200, '<html>', { 'content-type': 'text/html' }),
    '/.well-known/openid-configuration': (_: unknown, response: never, origin: string) =>
      send(response, 200, metadata(origin)),
  });

  expect((await discoverAt(server)).server.token_endpoint).toBe(`${server.origin}/token`);
});

test.each([
  ['/.well-known/oauth-authorization-server/tenant'],
  ['/.well-known/openid-configuration/tenant'],
  ['/tenant/.well-known/openid-configuration'],
])('asks nothing more of an issuer that names another one at %s', async (place) => {
  const issuers = ['https://evil.example', 'ORIGIN', 'ORIGIN/tenant/', 'ORIGIN/Tenant', 'ORIGIN/tenant?'];
  for (const issuer of issuers) {
    const server: OddServer = await oddServer({
      [`${PRM}/mcp`]: (_: unknown, response: never, origin: string) =>
        send(response, 200, { resource: origin, authorization_servers: [`${origin}/tenant`] }),
      [place]: (_: unknown, response: never, origin: string) =>
        send(response, 200, metadata(origin, { issuer: issuer.replace('ORIGIN', origin) })),
    });

    await expect(discoverAt(server), issuer).rejects.toMatchObject({ code: 'OAUTH_UNTRUSTED' });
    expect(paths(server).at(-1)).toBe(place);
  }
});

test('lets only the slash after a bare origin differ', async () => {
  const server = await oddServer({
    ...documents({ server: {} }),
    [AS]: (_: unknown, response: never, origin: string) =>
      send(response, 200, metadata(origin, { issuer: `${origin}/` })),
  });

  expect((await discoverAt(server)).server.issuer).toBe(`${server.origin}/`);
});

test.each([[undefined], [['plain']], [[]]])('refuses a server whose PKCE methods are %j', async (methods) => {
  const server = await oddServer(documents({ server: { code_challenge_methods_supported: methods } }));

  await expect(discoverAt(server)).rejects.toMatchObject({ code: 'OAUTH_UNTRUSTED' });
  await expect(discoverAt(server, { grant: 'client-credentials' })).resolves.toBeDefined();
});

test('reads members that are null as absent, and keeps only what it knows', async () => {
  const server = await oddServer(
    documents({ server: { revocation_endpoint: null, claims_supported: ['sub'], constructor: 'x' } }),
  );

  const found = await discoverAt(server);

  const members = Object.keys(found.server);
  for (const name of ['revocation_endpoint', 'claims_supported', 'constructor']) {
    expect(members).not.toContain(name);
  }
});

test('names the member that is missing or of a wrong kind', async () => {
  const missing = await oddServer(documents({ server: { token_endpoint: undefined } }));
  const wrong = await oddServer(documents({ server: { scopes_supported: 'read' } }));

  await expect(discoverAt(missing)).rejects.toThrow('token_endpoint');
  await expect(discoverAt(wrong)).rejects.toThrow('scopes_supported');
});

test('takes the preferred one of several authorization servers, the first without a wish', async () => {
  const [one, other] = [await oddServer(documents()), await oddServer(documents())];
  const server = await oddServer({
    [`${PRM}/mcp`]: (_: unknown, response: never, origin: string) =>
      send(response, 200, { resource: origin, authorization_servers: [one.origin, other.origin] }),
  });

  expect((await discoverAt(server)).server.issuer).toBe(one.origin);
  expect((await discoverAt(server, { expectedIssuer: other.origin })).server.issuer).toBe(other.origin);
  const chosen = await discoverAt(server, { preferredIssuer: other.origin });
  expect(chosen.server.issuer).toBe(other.origin);
  expect(chosen.authorizationServers).toEqual([one.origin, other.origin]);
});

test('refuses an issuer that changed, and says which it was and is', async () => {
  const server = await oddServer(documents());
  const failure = discoverAt(server, { expectedIssuer: 'https://before.example' });

  await expect(failure).rejects.toMatchObject({
    code: 'OAUTH_UNTRUSTED',
    data: { expectedIssuer: 'https://before.example', issuer: server.origin },
  });
  expect(paths(server)).toEqual([`${PRM}/mcp`]);
});

test('signs in at the origin of a server of 2025-03-26, without a resource', async () => {
  const server = await oddServer({ [AS]: documents()[AS] });

  expect(await discoverAt(server)).toMatchObject({
    resource: null,
    server: { issuer: server.origin, token_endpoint: `${server.origin}/token` },
    authorizationServers: [server.origin],
  });
});

test('knows the endpoints of a server of 2025-03-26 that publishes nothing', async () => {
  const server = await oddServer({});

  expect((await discoverAt(server)).server).toEqual({
    issuer: server.origin,
    authorization_endpoint: `${server.origin}/authorize`,
    token_endpoint: `${server.origin}/token`,
    registration_endpoint: `${server.origin}/register`,
  });
});

test('an issuer that is named must publish its metadata, unless its endpoints are known', async () => {
  const server = await oddServer({ [`${PRM}/mcp`]: documents()[`${PRM}/mcp`] });
  const quirks = { authorizationEndpoint: `${server.origin}/a`, tokenEndpoint: `${server.origin}/t` };

  await expect(discoverAt(server)).rejects.toMatchObject({ code: 'OAUTH_DISCOVERY_FAILED' });
  expect((await discoverAt(server, { quirks })).server).toEqual({
    issuer: server.origin,
    authorization_endpoint: `${server.origin}/a`,
    token_endpoint: `${server.origin}/t`,
  });
});

test('quirks replace endpoints and leave out the resource', async () => {
  const server = await oddServer(documents());

  const found = await discoverAt(server, {
    quirks: { resource: false, tokenEndpoint: `${server.origin}/t2` },
  });

  expect(found).toMatchObject({ resource: null, server: { token_endpoint: `${server.origin}/t2` } });
});
