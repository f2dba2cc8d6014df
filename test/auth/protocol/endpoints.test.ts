import { expect, test } from 'vitest';
import { beginAuthorization } from '../../../src/auth/protocol/authorization.ts';
import { discover } from '../../../src/auth/protocol/discovery.ts';
import { checkEndpoint } from '../../../src/auth/protocol/endpoints.ts';
import { reachOf } from '../../../src/auth/protocol/network.ts';
import type { Fetch } from '../../../src/platform/fetch.ts';
import { documents, metadata, oddServer, send } from './odd-server.ts';
import { credentialFor, loopbackFetch, REDIRECT_URI } from './subject.ts';

const SERVER = 'https://mcp.example/mcp';
const PRM = '/.well-known/oauth-protected-resource/mcp';

/** What no address may look like, wherever the MCP server is. */
const NEVER = [
  'javascript:alert(1)',
  'file:///etc/passwd',
  'data:text/html,x',
  'ftp://as.example/',
  '$(calc)',
  '`calc`',
  '-flag',
  '--flag=https://as.example/',
  '//as.example/',
  '',
  'http://evil.example/authorize',
  'https://user:password@as.example/',
  'https://user@as.example/',
  'https://:password@as.example/',
  'https://as.example/\nhttps://other.example/',
  'https://as.example/ --flag',
  'https://as.example/\u202Ecod.exe',
  'https://as.example/#fragment',
  `https://as.example/${'a'.repeat(100_000)}`,
  'https://169.254.169.254/latest/meta-data',
  'https://10.0.0.5/',
  'https://192.168.1.1/',
  'https://[::ffff:a00:1]/',
  'https://[fd00::1]/',
  'https://2852039166/',
];

/** Fine when the MCP server is here, and only then. */
const HERE = [
  'http://127.0.0.1:8080/',
  'http://localhost:8080/',
  'http://[::1]:8080/',
  'https://127.1/',
  'https://localhost:8080/',
  'https://0x7f000001/',
];

test.each(NEVER)('refuses %j from servers near and far', (address) => {
  for (const url of ['http://127.0.0.1:1/mcp', 'https://mcp.example/mcp']) {
    expect(() => checkEndpoint('endpoint', address, reachOf(url))).toThrow(
      expect.objectContaining({ code: 'OAUTH_UNTRUSTED' }),
    );
  }
});

test.each(HERE)('refuses %j unless the server itself is on this machine', (address) => {
  expect(checkEndpoint('endpoint', address, reachOf('http://localhost:1/mcp')).protocol).toMatch(/^https?:$/);
  expect(() => checkEndpoint('endpoint', address, reachOf('https://mcp.example/mcp'))).toThrow(
    expect.objectContaining({ code: 'OAUTH_UNTRUSTED' }),
  );
});

test('accepts the private addresses of an intranet that is named, and the server’s own host', () => {
  expect(checkEndpoint('endpoint', 'https://10.0.0.5/a', reachOf('https://10.0.0.5/mcp')).host).toBe(
    '10.0.0.5',
  );
  const reach = { allowLoopback: false, allowPrivate: ['10.0.0.0/8'] };
  expect(checkEndpoint('endpoint', 'https://10.1.2.3/a', reach).host).toBe('10.1.2.3');
});

test('quotes a bad address briefly, on one line', () => {
  const refuse = (): unknown =>
    checkEndpoint('thing', `\u001b[31m\n${'x'.repeat(5000)}`, { allowLoopback: true });

  expect(refuse).toThrow(/^The thing "\?\[31m\?x{70,80}…" is too long for an address\.$/);
});

test.each([
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'revocation_endpoint',
  'device_authorization_endpoint',
])('a bad %s ends the discovery', async (name) => {
  const server = await oddServer(documents({ server: { [name]: 'https://169.254.169.254/' } }));
  const failure = discover({ url: `${server.origin}/mcp`, fetch: loopbackFetch, quirks: {} });

  await expect(failure).rejects.toMatchObject({ code: 'OAUTH_UNTRUSTED', data: { endpoint: name } });
});

test.each(NEVER)('asks nobody at %j, named as metadata or as authorization server', async (address) => {
  const server = await oddServer({
    [PRM]: (_: unknown, response: never, origin: string) =>
      send(response, 200, { resource: origin, authorization_servers: [address || 'x'] }),
  });
  const options = { url: `${server.origin}/mcp`, fetch: loopbackFetch, quirks: {} };

  await expect(discover(options)).rejects.toMatchObject({ code: 'OAUTH_UNTRUSTED' });
  expect(server.asked).toHaveLength(1);
  const named = discover({ ...options, challenge: { resourceMetadata: address } });
  await expect(named).rejects.toMatchObject({ code: 'OAUTH_UNTRUSTED' });
  expect(server.asked).toHaveLength(1);
});

test('a server elsewhere cannot lead to this machine', async () => {
  const here = await oddServer({});
  const hosts: Record<string, unknown> = {
    'mcp.example/.well-known/oauth-protected-resource/mcp': {
      resource: 'https://mcp.example/mcp',
      authorization_servers: [here.origin],
    },
  };
  const fetch: Fetch = async (url) => Response.json(hosts[new URL(url).href.slice('https://'.length)] ?? {});
  const options = { url: 'https://mcp.example/mcp', fetch, quirks: {} };

  await expect(discover(options)).rejects.toMatchObject({ code: 'OAUTH_UNTRUSTED' });
  const named = discover({ ...options, challenge: { resourceMetadata: `${here.origin}/x` } });
  await expect(named).rejects.toMatchObject({ code: 'OAUTH_UNTRUSTED' });
  expect(here.asked).toEqual([]);
});

test.each(NEVER.slice(0, 19))('makes no authorization request of %j, kept from earlier', async (address) => {
  const { server, client } = credentialFor('https://as.example');
  const begun = beginAuthorization({
    server: { ...server, authorization_endpoint: address },
    client,
    redirectUri: REDIRECT_URI,
    scopes: [],
    resource: null,
    quirks: {},
  });

  await expect(begun).rejects.toMatchObject({ code: 'OAUTH_UNTRUSTED' });
});

test('signs in on the private address of the issuer itself', async () => {
  const { server, client } = credentialFor('https://10.0.0.5');
  const request = { server, client, redirectUri: REDIRECT_URI, scopes: [], resource: null, quirks: {} };

  expect((await beginAuthorization(request)).url.host).toBe('10.0.0.5');
});

test('keeps the parameters an authorization endpoint has, and lets nothing replace ours', async () => {
  const { client } = credentialFor('https://as.example');
  const { url } = await beginAuthorization({
    server: {
      ...(metadata('https://as.example') as { issuer: string; token_endpoint: string }),
      authorization_endpoint:
        'https://as.example/authorize?tenant=7&state=theirs&redirect_uri=https://evil.example',
    },
    client,
    redirectUri: REDIRECT_URI,
    scopes: ['a', 'b'],
    resource: 'https://mcp.example',
    quirks: { authorizeParams: { access_type: 'offline', client_id: 'other' } },
  });

  expect(url.searchParams.getAll('redirect_uri')).toEqual([REDIRECT_URI]);
  expect(url.searchParams.getAll('state')).toHaveLength(1);
  expect(url.searchParams.get('state')).not.toBe('theirs');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    tenant: '7',
    access_type: 'offline',
    client_id: 'me',
    scope: 'a b',
    resource: 'https://mcp.example',
  });
});

test.each([['10.1.2.3'], ['10.1.0.0/16'], ['fd00::/8']])(
  '%s counts as trusted when the user says so',
  (place) => {
    const address = place.startsWith('fd') ? 'https://[fd00::1]/token' : 'https://10.1.2.3/token';
    const open = (privateHosts: string[]) =>
      checkEndpoint('token_endpoint', address, reachOf(SERVER, privateHosts));

    expect(() => open([])).toThrow('is not on a public address');
    expect(open([place]).href).toBe(address);
    expect(() => open(['10.2.0.0/16'])).toThrow('is not on a public address');
  },
);
