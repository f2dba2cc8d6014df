import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { browse } from '../../fixtures/oauth/fetch-browser.mjs';
import { MCPCTL, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { json, scriptedServer } from '../../support/http-servers.ts';
import { signInWorld } from '../../support/sign-in-world.ts';

test('signs in with the browser, once, and says who and what for', async () => {
  const world = await signInWorld();

  const { status, stdout, stderr } = await mcpctl(['auth', 'login', 'notes'], world);

  expect(stderr).toContain('may change things');
  expect({ status, stdout }).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('✓ Signed in to notes as ada'),
  });
  expect(stdout).toContain('kept in: keychain');
  await expect
    .poll(world.browser.pages)
    .toEqual([expect.objectContaining({ status: 200, text: expect.stringContaining('Signed in to notes') })]);
  expect(world.issuer.seen.registrations()).toHaveLength(1);
});

test('--json answers with one document and no token', async () => {
  const world = await signInWorld({ entry: { scopes: ['read'] } });

  const { status, document, stdout } = await mcpctlJson(['auth', 'login', 'notes'], world);
  expect({ status, data: document.data }).toMatchObject({
    status: 0,
    data: {
      server: 'notes',
      url: world.server.url,
      issuer: world.issuer.issuer,
      account: 'ada',
      scopes: ['read'],
      grant: 'authorization-code',
      client: 'registered',
      store: 'keychain',
      renews: true,
    },
  });
  const { access_token: access } = JSON.parse(world.issuer.seen.exchanges()[0]?.answer?.body ?? '{}');
  expect(stdout).not.toContain(access);
});

test('signing in again uses the same client, and --reregister another one', async () => {
  const world = await signInWorld();

  await mcpctl(['auth', 'login', 'notes'], world);
  await mcpctl(['auth', 'login', 'notes'], world);
  expect(world.issuer.seen.registrations()).toHaveLength(1);
  expect((await mcpctl(['auth', 'login', 'notes', '--reregister'], world)).status).toBe(0);
  expect(world.issuer.seen.registrations()).toHaveLength(2);
});

test('asks for what --scope says, and never beyond the manifest', async () => {
  const world = await signInWorld({ entry: { scopes: ['read', 'write'] } });

  const { document } = await mcpctlJson(['auth', 'login', 'notes', '--scope', 'read'], world);
  expect(document.data.scopes).toEqual(['read']);
  const beyond = await mcpctlJson(['auth', 'login', 'notes', '--scope', 'read,admin'], world);
  expect(beyond).toMatchObject({ status: 6, document: { error: { code: 'SCOPE_REFUSED' } } });
  expect(world.issuer.seen.authorizations()).toHaveLength(1);
});

test('what administers is asked for only with a yes, unless the manifest lists it', async () => {
  const world = await signInWorld({ server: { scopesSupported: ['read', 'admin'] } });

  const refused = await mcpctlJson(['auth', 'login', 'notes'], world);
  expect(refused).toMatchObject({ status: 6, document: { error: { code: 'SCOPE_REFUSED' } } });
  expect(await world.browser.started()).toEqual([]);
  const { document } = await mcpctlJson(['auth', 'login', 'notes', '--yes'], world);
  expect(document.data.scopes).toEqual(['read', 'admin']);
});

test('--dry-run says where, as whom and for what, and does nothing', async () => {
  const world = await signInWorld();

  const { status, stdout } = await mcpctl(['auth', 'login', 'notes', '--dry-run'], world);
  expect({ status, stdout }).toMatchObject({
    status: 0,
    stdout: expect.stringContaining(world.issuer.issuer),
  });
  expect(stdout).toContain('write (write), read (read)');
  expect(world.issuer.seen.registrations()).toEqual([]);
  expect(await world.browser.started()).toEqual([]);
});

test('without a keychain it says the ways out before anything is opened or registered', async () => {
  const world = await signInWorld({ keychain: false });

  const { status, stderr } = await mcpctl(['auth', 'login', 'notes'], world);
  expect(status).toBe(5);
  expect(stderr).toContain('KEYCHAIN_UNAVAILABLE');
  expect(stderr).toContain('--store file');
  expect(world.server.requests).toEqual([]);
  expect(await world.browser.started()).toEqual([]);
});

test('where nobody comes back it ends in time, with what to try', async () => {
  const world = await signInWorld({ browser: { does: 'nothing' } });

  const { status, document } = await mcpctlJson(['auth', 'login', 'notes', '--timeout', '2s'], world);
  expect({ status, document }).toMatchObject({
    status: 4,
    document: { error: { code: 'SIGN_IN_TIMEOUT', hint: expect.stringContaining('--reregister') } },
  });
});

test('a CI job is told at once that nobody can sign in there', async () => {
  const world = await signInWorld();
  const { BROWSER: _, ...env } = world.env;

  const { status, document } = await mcpctlJson(['auth', 'login', 'notes'], {
    ...world,
    env: { ...env, CI: '1' },
  });
  expect({ status, document }).toMatchObject({
    status: 4,
    document: { error: { code: 'SIGN_IN_NEEDED', hint: expect.stringContaining('client-credentials') } },
  });
});

test('a sign-in kept in memory says that it was a try', async () => {
  const world = await signInWorld({ keychain: false });

  const { stdout } = await mcpctl(['auth', 'login', 'notes', '--store', 'memory', '--yes'], world);
  expect(stdout).toContain('Signed in to notes');
  expect(stdout).toContain('kept nowhere');
  expect(stdout).not.toContain('renews');
  expect((await mcpctl(['auth', 'status'], world)).stdout).toContain('notes  not signed in');
});

test('a server that serves everybody has nothing to sign in to', async () => {
  const { origin } = await scriptedServer(({ path, body }, response) => {
    if (path === '/mcp') json(response, { jsonrpc: '2.0', id: body?.id ?? null, result: {} });
    else json(response, {}, 404);
  });
  const world = await signInWorld({ entry: { url: `${origin}/mcp` }, keychain: false });

  const { status, document } = await mcpctlJson(['auth', 'login', 'notes', '--store', 'memory'], world);
  expect({ status, message: document.error?.message }).toEqual({
    status: 2,
    message: 'notes serves everybody; there is nothing to sign in to.',
  });
  expect(await world.browser.started()).toEqual([]);
});

test('--no-browser prints the address and takes the end of the way from a pipe', async () => {
  const world = await signInWorld();
  const child = spawn(
    process.execPath,
    [MCPCTL, 'auth', 'login', 'notes', '--no-browser', '--json', '--quiet'],
    {
      env: { ...world.env, SSH_CONNECTION: '10.0.0.2 50000 10.0.0.1 22' },
      cwd: world.home,
    },
  );
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  await expect.poll(() => err, { timeout: 60_000 }).toMatch(/http:\S+\/auth\?\S+\s/);
  const address = new URL(/http:\S+\/auth\?\S+/.exec(err)?.[0] ?? '');
  const end = await browse(address.href, { stopAt: address.searchParams.get('redirect_uri') ?? '' });
  child.stdin.end(`${end.url}\n`);
  const [status] = await once(child, 'close');

  expect({ status, answer: JSON.parse(out) }).toMatchObject({
    status: 0,
    answer: { data: { account: 'ada' } },
  });
  expect(await world.browser.started()).toEqual([]);
});

test('--device shows a code for another device and waits for it', async () => {
  const world = await signInWorld({ issuer: { deviceFlow: true } });
  const child = spawn(process.execPath, [MCPCTL, 'auth', 'login', 'notes', '--device', '--json'], {
    env: world.env,
    cwd: world.home,
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  await expect.poll(() => err, { timeout: 60_000 }).toContain('user_code=');
  const address = /http:\S+user_code=[\w-]+/.exec(err)?.[0] ?? '';
  await browse(address);
  const [status] = await once(child, 'close');

  expect({ status, answer: JSON.parse(out) }).toMatchObject({
    status: 0,
    answer: { data: { account: 'ada', grant: 'device-code', renews: true } },
  });
  expect((await mcpctl(['auth', 'refresh', 'notes'], world)).status).toBe(0);
});

test('client credentials need no browser', async () => {
  const client = {
    client_id: 'job',
    client_secret: 'of-the-job',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_basic',
  };
  const world = await signInWorld({
    issuer: { clients: [client as never] },
    entry: { grant: 'client-credentials', clientId: 'job', clientSecret: '${JOB_SECRET}', scopes: ['read'] },
  });
  const env = { ...world.env, JOB_SECRET: 'of-the-job', CI: '1' };

  const { status, document } = await mcpctlJson(['auth', 'login', 'notes'], { ...world, env });
  expect({ status, document }).toMatchObject({
    status: 0,
    document: { data: { grant: 'client-credentials', client: 'pre-registered', renews: true } },
  });
  expect(await world.browser.started()).toEqual([]);
});
