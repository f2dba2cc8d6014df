import { hostname } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { serveHttp } from '../../support/http-server.ts';
import { startAuthorizationServer } from '../../support/oauth/authorization-server.ts';
import { fetchBrowser } from '../../support/oauth/fetch-browser.ts';
import { startInternet } from '../../support/oauth/internet.ts';
import { startProtectedServer } from '../../support/oauth/protected-server.ts';
import type { Alter, Answer } from '../../support/oauth/record.ts';
import { isToken } from '../../support/oauth/token-failures.ts';
import { accountWith, bench, failure } from './bench.ts';

const EVIL_ADDRESSES = [
  'javascript:alert(1)',
  'file:///etc/passwd',
  '$(calc)',
  '-flag',
  'http://evil.example/authorize',
  'https://user:password@evil.example/authorize',
  'https://evil.example/\nauthorize',
  'ms-settings:privacy',
  `https://evil.example/${'a'.repeat(100_000)}`,
];

test.each(EVIL_ADDRESSES.map((address) => [address.slice(0, 60), address]))(
  '%j is never opened',
  async (_, address) => {
    const { issuer, login, browser } = await bench();
    issuer.alter(metadata({ authorization_endpoint: address }));

    expect(failure(await login())).toEqual({ status: 6, code: 'OAUTH_UNTRUSTED' });
    expect(await browser.started()).toEqual([]);
  },
);

test('what a shell would take apart arrives as one argument', async () => {
  const { issuer, login, browser } = await bench({ browser: { does: 'nothing' } });
  const nasty = `${issuer.issuer}/auth?a=$(touch%20here)&b=\`id\`&c=1;d=%22`;
  issuer.alter(metadata({ authorization_endpoint: nasty }));
  const finished = login('--timeout', '2');

  expect(failure(await finished).code).toBe('SIGN_IN_TIMEOUT');
  const [argv = []] = await browser.started();
  expect(argv).toHaveLength(1);
  expect(new URL(argv[0] ?? '').searchParams.get('a')).toBe('$(touch here)');
});

/** Ways to write an address of this machine or network, `P` being a port somebody listens on. */
const PRIVATE = [
  'https://127.0.0.1:P',
  'http://127.0.0.1:P',
  'https://127.1:P',
  'https://2130706433:P',
  'https://0x7f000001:P',
  'https://[::ffff:127.0.0.1]:P',
  'https://localhost:P',
  'https://169.254.169.254',
  'https://10.0.0.1',
];

/** A name, which turns out to be private only when it is looked up: a browser may have been opened by then. */
const NAME = `https://${hostname()}:P`;

/** Places where a hostile server can name an address. */
const PLACES: Record<string, (address: string, world: World) => void> = {
  'resource_metadata of the challenge': (address, { server }) =>
    server.challenge({ resource_metadata: `${address}/metadata` }),
  'authorization_servers of its metadata': (address, { server }) =>
    server.describe({ authorization_servers: [address] }),
  'the token endpoint': (address, { issuer }) =>
    issuer.alter(metadata({ token_endpoint: `${address}/token` })),
  'the registration endpoint': (address, { issuer }) =>
    issuer.alter(metadata({ registration_endpoint: `${address}/reg` })),
  'a redirect of the metadata': (address, { issuer }) =>
    issuer.alter((_, { path }) =>
      path.startsWith('/.well-known/')
        ? { status: 302, headers: { location: address }, body: '' }
        : undefined,
    ),
};

const REFUSED = /^(OAUTH_(UNTRUSTED|DISCOVERY_FAILED)|ADDRESS_REFUSED|URL_REFUSED)$/;

test.each(PRIVATE)('%s in a challenge is not asked', async (address) => {
  const world = await publicWorld();
  PLACES['resource_metadata of the challenge']?.(withPort(address, world), world);

  expect(failure(await world.login()).code).toMatch(REFUSED);
  await expectNothingSent(world);
  expect(await world.browser.started()).toEqual([]);
});

/** Places that count only once there is a sign-in. */
const LATER: Record<string, (address: string) => Alter> = {
  'a redirect of the token endpoint': (address) => (_, request) =>
    isToken(request) ? { status: 307, headers: { location: `${address}/token` }, body: '' } : undefined,
  'where the registration is deleted':
    (address) =>
    (answer, { path }) =>
      path === '/reg' ? withMembers(answer, { registration_client_uri: `${address}/reg/1` }) : undefined,
};

test.each(Object.keys(LATER))('%s leads nowhere private', async (place) => {
  const world = await publicWorld();
  for (const address of ['http://127.0.0.1:P', 'https://10.0.0.1', NAME]) {
    world.issuer.alter(LATER[place]?.(withPort(address, world)));
    await world.login();
    await world.logout();
  }
  await expectNothingSent(world);
});

test.each(Object.keys(PLACES))('%s leads nowhere private', async (place) => {
  const world = await publicWorld();
  for (const address of ['http://127.0.0.1:P', 'https://[::ffff:127.0.0.1]:P', 'https://10.0.0.1']) {
    PLACES[place]?.(withPort(address, world), world);

    expect(failure(await world.login()).code, address).toMatch(REFUSED);
  }
  expect(await world.browser.started()).toEqual([]);

  PLACES[place]?.(withPort(NAME, world), world);
  expect(failure(await world.login()).code, NAME).toMatch(REFUSED);
  await expectNothingSent(world);
});

const withPort = (address: string, { victim }: World): string => address.replace('P', String(victim.port));

async function expectNothingSent({ victim, internet }: World): Promise<void> {
  expect(victim.connections()).toBe(0);
  expect(internet.asked.filter((host) => !/^(mcp|login)\.example\.com:443$/.test(host))).toEqual([]);
}

test('nobody signs in to a server elsewhere in the clear', async () => {
  const { internet, browser } = await publicWorld();
  const env = { ...internet.env, HTTP_PROXY: internet.proxy, BROWSER: browser.program };
  const entry = { url: 'http://mcp.example.com/mcp', auth: 'oauth' };
  const { login } = await accountWith(entry, env, () => []);

  expect(failure(await login()).code).toMatch(REFUSED);
  expect(internet.asked).toEqual([]);
  expect(await browser.started()).toEqual([]);
});

type World = Awaited<ReturnType<typeof publicWorld>>;

/** An MCP server and its issuer on public hosts, and a server on this machine that nobody should reach. */
async function publicWorld() {
  const issuer = await startAuthorizationServer({ origin: 'https://login.example.com' });
  onTestFinished(issuer.close);
  const server = await startProtectedServer({
    issuers: [issuer.issuer],
    verify: issuer.verify,
    publicOrigin: 'https://mcp.example.com',
  });
  onTestFinished(server.close);
  const victim = await serveHttp((_, response) => response.end('{}'));
  const internet = await startInternet({ 'mcp.example.com': server.port, 'login.example.com': issuer.port });
  const browser = await fetchBrowser({ internet });
  const env = { ...internet.env, NO_PROXY: hostname(), BROWSER: browser.program };
  const account = await accountWith({ url: server.url, auth: 'oauth' }, env, () => issuer.requests);
  return { ...account, issuer, server, internet, browser, victim };
}

function metadata(changes: object) {
  return (answer: Answer, { path }: { path: string }): Answer | undefined =>
    path.startsWith('/.well-known/') ? withMembers(answer, changes) : undefined;
}

function withMembers(answer: Answer, changes: object): Answer {
  return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), ...changes }) };
}
