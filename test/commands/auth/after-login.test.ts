import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mcpctl, mcpctlJson } from '../../support/cli.ts';
import { startAuthorizationServer } from '../../support/oauth/authorization-server.ts';
import { type SignInWorldOptions, signInWorld } from '../../support/sign-in-world.ts';

async function signedIn(options: SignInWorldOptions = {}) {
  const world = await signInWorld(options);
  const { status, stderr } = await mcpctl(['auth', 'login', 'notes'], world);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return world;
}

test('status says who is signed in, for what, until when and where it is kept', async () => {
  const world = await signedIn();

  const { stdout } = await mcpctl(['auth', 'status'], world);
  expect(stdout).toContain('✓ notes  signed in as ada');
  expect(stdout).toMatch(/allowed +write \(writes\), read/);
  expect(stdout).toMatch(/expires +in (1 hour|59 minutes|60 minutes), renewed by itself/);
  expect(stdout).toMatch(/kept in +keychain/);
  const { document, status } = await mcpctlJson(['auth', 'status', 'notes'], world);
  expect({ status, servers: document.data.servers }).toMatchObject({
    status: 0,
    servers: [
      { server: 'notes', state: 'signed in', issuer: world.issuer.issuer, store: 'keychain', renews: true },
    ],
  });
});

test('status of a server nobody signed in to exits with 4', async () => {
  const world = await signInWorld();

  const { status, document } = await mcpctlJson(['auth', 'status', 'notes'], world);
  expect({ status, servers: document.data.servers }).toMatchObject({
    status: 4,
    servers: [{ server: 'notes', state: 'not signed in' }],
  });
  expect((await mcpctl(['auth', 'status'], world)).stdout).toContain('next      mcpctl auth login notes');
});

test('refresh renews the tokens, and the old refresh token is used once', async () => {
  const world = await signedIn();

  const { status, document } = await mcpctlJson(['auth', 'refresh', '--all'], world);
  expect({ status, refreshed: document.data?.refreshed }).toMatchObject({
    status: 0,
    refreshed: [{ server: 'notes', renewed: true }],
  });
  expect(world.issuer.seen.refreshes()).toHaveLength(1);
  expect((await mcpctlJson(['auth', 'status'], world)).document.data.servers[0].refreshedAt).toBeDefined();
});

test('refresh says what to do when the server ended the sign-in', async () => {
  const world = await signedIn();
  const [exchange] = world.issuer.seen.exchanges();
  const { refresh_token: token } = JSON.parse(exchange?.answer?.body ?? '{}');
  const body = new URLSearchParams({
    token,
    client_id: exchange?.form.get('client_id') ?? '',
  });
  expect((await fetch(`${world.issuer.issuer}/token/revocation`, { method: 'POST', body })).status).toBe(200);

  const { status, stdout } = await mcpctl(['auth', 'refresh', 'notes'], world);
  expect({ status, stdout }).toMatchObject({
    status: 4,
    stdout: expect.stringContaining('mcpctl auth login notes'),
  });
  const { document } = await mcpctlJson(['auth', 'status'], world);
  expect(document.data.servers[0]).toMatchObject({ state: 'needs sign-in' });
});

test('logout ends the tokens and the registration there, and leaves nothing here', async () => {
  const world = await signedIn();
  const [exchange] = world.issuer.seen.exchanges();
  const { refresh_token: refresh } = JSON.parse(exchange?.answer?.body ?? '{}');

  const { status, document } = await mcpctlJson(['auth', 'logout', 'notes'], world);
  expect({ status, signedOut: document.data?.signedOut }).toMatchObject({
    status: 0,
    signedOut: [{ server: 'notes', revoked: 'yes', registrationDeleted: true, problems: [] }],
  });
  expect(
    world.issuer.seen
      .revocations()
      .map(({ form }) => form.get('token'))
      .join('\n'),
  ).toContain(refresh);
  expect((await mcpctlJson(['auth', 'status'], world)).document.data.servers).toMatchObject([
    { server: 'notes', state: 'not signed in' },
  ]);
  const index = join(world.home, '.local/state/mcpctl');
  for (const file of await readdir(index, { recursive: true, withFileTypes: true })) {
    if (file.isFile())
      expect(await readFile(join(file.parentPath, file.name), 'utf8')).not.toContain(world.issuer.issuer);
  }
});

test('logout forgets the sign-in here also when the server cannot be reached, and says so', async () => {
  const world = await signedIn();
  await world.issuer.close();

  const { status, stdout } = await mcpctl(['auth', 'logout', 'notes'], world);
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('end it by hand') });
  expect((await mcpctlJson(['auth', 'status'], world)).document.data.servers[0].state).toBe('not signed in');
});

test('a server that moves to another issuer is not followed without a word from the user', async () => {
  const world = await signedIn();
  const other = await startAuthorizationServer();
  onTestFinished(other.close);
  world.server.describe({ authorization_servers: [other.issuer] });

  const { status, document } = await mcpctlJson(['auth', 'login', 'notes'], world);
  expect({ status, error: document.error }).toMatchObject({
    status: 6,
    error: { code: 'OAUTH_UNTRUSTED', message: expect.stringContaining(other.issuer) },
  });
  expect(other.seen.registrations()).toEqual([]);
  expect((await mcpctlJson(['auth', 'status', 'notes'], world)).document.data.servers).toMatchObject([
    { issuer: world.issuer.issuer, state: 'signed in' },
  ]);
});

test('logout without a name wants --all, and --all wants a yes', async () => {
  const world = await signedIn();

  expect((await mcpctl(['auth', 'logout'], world)).status).toBe(2);
  expect((await mcpctl(['auth', 'logout', '--all'], world)).stderr).toContain('--yes');
  const dry = await mcpctl(['auth', 'logout', '--all', '--dry-run'], world);
  expect(dry.stdout).toContain('Would sign out of notes');
  expect((await mcpctl(['auth', 'logout', '--all', '--yes'], world)).stdout).toContain('Signed out of notes');
});

test('remove signs out as well, unless told to keep secrets', async () => {
  const world = await signedIn();

  const { status, document } = await mcpctlJson(['remove', 'notes', '--yes'], world);
  expect({ status, removed: document.data?.removed }).toMatchObject({
    status: 0,
    removed: [{ name: 'notes', signedOut: [world.issuer.issuer] }],
  });
  expect(world.issuer.seen.revocations().length).toBeGreaterThan(0);
  expect((await mcpctlJson(['auth', 'status'], world)).document.data.servers).toEqual([]);
});

test('doctor looks at a server as who is signed in, and says what to do when nobody is', async () => {
  const world = await signInWorld();
  const look = async () =>
    (await mcpctlJson(['doctor', 'notes'], world)).document.data.findings.filter(
      ({ code }: { code: string }) => code === 'SIGN_IN_NEEDED',
    );

  expect(await look()).toMatchObject([
    { code: 'SIGN_IN_NEEDED', fix: { command: 'mcpctl auth login notes' } },
  ]);
  await mcpctl(['auth', 'login', 'notes'], world);
  expect(await look()).toEqual([]);
});

test('a client ID metadata document names its own address and loopback redirects without a port', async () => {
  const world = await signInWorld({ keychain: false });
  const url = 'https://example.com/mcpctl/client.json';

  const { stdout } = await mcpctl(['auth', 'client-metadata', '--url', url, '--port', '3118'], world);
  expect(JSON.parse(stdout)).toMatchObject({
    client_id: url,
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    redirect_uris: expect.arrayContaining(['http://127.0.0.1/callback', 'http://localhost:3118/callback']),
  });
  for (const wrong of ['http://example.com/a', 'https://example.com', 'https://example.com/a?b=c', 'x']) {
    expect((await mcpctl(['auth', 'client-metadata', '--url', wrong], world)).status).toBe(2);
  }
});
