import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MCPCTL, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { type SignInWorld, signInWorld } from '../../support/sign-in-world.ts';
import { terminal } from '../../support/terminal.ts';

const OWN_APP = {
  client_id: 'made-by-hand',
  client_secret: 'of-the-app-made-by-hand',
  redirect_uris: ['http://127.0.0.1:27892/callback'],
  application_type: 'native',
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code', 'refresh_token'],
} as const;

test('a vendor without registration: the error says every step', async () => {
  const world = await signInWorld({ issuer: { registration: false } });

  const { status, document } = await mcpctlJson(['auth', 'login', 'notes'], world);
  expect({ status, document }).toMatchObject({
    status: 4,
    document: { error: { code: 'OAUTH_CLIENT_NEEDED' } },
  });
  const { hint } = document.error ?? {};
  expect(hint).toContain('http://127.0.0.1:27892/callback');
  expect(hint).toContain('"clientId": "<id>"');
  expect(hint).toContain('mcpctl secret set NOTES_CLIENT_SECRET');
});

test('a vendor without registration: a terminal asks for id and secret, and keeps them where they belong', async () => {
  const world = await signInWorld({ issuer: { registration: false, clients: [OWN_APP as never] } });
  const session = await typed(world, ['auth', 'login', 'notes', '--yes']);

  await session.shows('As redirect URI (callback URL) enter http://127.0.0.1:27892/callback');
  await session.shows('Client id:');
  await session.paste(OWN_APP.client_id);
  await session.press('Enter');
  await session.shows('Client secret');
  await session.paste(OWN_APP.client_secret);
  await session.press('Enter');

  await session.shows('Signed in to notes as ada');
  expect(await session.screen()).not.toContain(OWN_APP.client_secret);
  expect(await world.entry()).toEqual({
    url: world.server.url,
    auth: 'oauth',
    clientId: OWN_APP.client_id,
    clientSecret: '${NOTES_CLIENT_SECRET}',
    callbackPort: 27_892,
  });
  expect(await readFile(world.manifest, 'utf8')).not.toContain(OWN_APP.client_secret);
});

/** The words typed into a terminal of their own. */
async function typed(world: SignInWorld, words: readonly string[]) {
  const environment = { ...world.env, TERM: 'xterm', NO_COLOR: '1' };
  const variables = Object.entries(environment).map(([name, value]) => `${name}='${value}'`);
  const command = [process.execPath, MCPCTL, ...words].map((word) => `'${word}'`).join(' ');
  return await terminal(
    world,
    `env -i ${variables.join(' ')} ${command}\necho $? > '${join(world.home, 'status')}'\nsleep 60\n`,
  );
}

test('--client-id signs in with that client, and stays in the manifest', async () => {
  const { client_secret: _, ...rest } = OWN_APP;
  const client = { ...rest, token_endpoint_auth_method: 'none' };
  const world = await signInWorld({
    issuer: { registration: false, clients: [client as never] },
    entry: { callbackPort: 27_892 },
  });

  const { status } = await mcpctl(['auth', 'login', 'notes', '--client-id', OWN_APP.client_id], world);
  expect(status).toBe(0);
  expect(await world.entry()).toMatchObject({ clientId: OWN_APP.client_id, callbackPort: 27_892 });
});
