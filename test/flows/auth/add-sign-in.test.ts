import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mcpctlJson } from '../../support/cli.ts';
import { signInWorld } from '../../support/sign-in-world.ts';

test('adding an address that wants a sign-in ends signed in, with its tools locked', async () => {
  const world = await signInWorld();
  const { status, document, stderr } = await mcpctlJson(['add', 'team', world.server.url, '--yes'], world);

  expect(stderr).not.toContain('error');
  expect({ status, added: document.data?.added }).toMatchObject({
    status: 0,
    added: [{ name: 'team', signedIn: { account: 'ada', issuer: world.issuer.issuer }, next: [] }],
  });
  expect(document.data?.added[0].tools).toContain('whoami');
  const { mcpServers } = JSON.parse(await readFile(world.manifest, 'utf8'));
  expect(mcpServers.team).toEqual({ url: world.server.url, auth: 'oauth' });
  expect(world.server.tokens().length).toBeGreaterThan(0);
  const status2 = await mcpctlJson(['auth', 'status', 'team'], world);
  expect(status2.document.data.servers).toMatchObject([{ state: 'signed in', account: 'ada', renews: true }]);
});

test('nobody at the browser: the server stays, with the command that signs in', async () => {
  const world = await signInWorld();
  const { BROWSER: _, ...env } = world.env;
  const { status, document } = await mcpctlJson(['add', 'team', world.server.url, '--yes'], {
    ...world,
    env,
  });

  expect(status).toBe(0);
  expect(document.data.added).toMatchObject([
    {
      name: 'team',
      notStarted: expect.stringContaining('not signed in yet: '),
      next: ['mcpctl auth login team'],
    },
  ]);
  expect(world.issuer.seen.registrations()).toEqual([]);
});

test('a browser that cannot be started ends the waiting where nobody else could open the address', async () => {
  const world = await signInWorld();
  const env = { ...world.env, BROWSER: join(world.home, 'nothing') };
  const { status, document } = await mcpctlJson(['add', 'team', world.server.url, '--yes'], {
    ...world,
    env,
  });

  expect(status).toBe(0);
  expect(document.data.added[0].notStarted).toBe('not signed in yet: No browser could be opened.');
});

test('a refusal in the browser keeps the server, and no sign-in', async () => {
  const world = await signInWorld({ browser: { does: 'refuse' } });
  const { status, document } = await mcpctlJson(['add', 'team', world.server.url, '--yes'], world);

  expect(status).toBe(0);
  expect(document.data.added[0].notStarted).toContain('access_denied');
  expect((await mcpctlJson(['auth', 'status', 'team'], world)).document.data.servers).toMatchObject([
    { state: 'not signed in' },
  ]);
});

test('--no-sign-in opens nothing', async () => {
  const world = await signInWorld();
  const { document } = await mcpctlJson(['add', 'team', world.server.url, '--yes', '--no-sign-in'], world);

  expect(document.data.added[0]).toMatchObject({ notStarted: 'not signed in yet: as asked (--no-sign-in)' });
  expect(await world.browser.started()).toEqual([]);
});
