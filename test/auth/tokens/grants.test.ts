import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createAuthFetch } from '../../../src/auth/protocol/network.ts';
import type { SignInSettings } from '../../../src/auth/sign-in-settings.ts';
import { createGrants } from '../../../src/auth/tokens/grants.ts';
import { signedIn } from './issuer-double.ts';

test.each([
  ['is configured', 'mine', 'new-secret'],
  ['is no longer configured', 'another', 'old-secret'],
])('a renewal uses the secret of today when the client %s', async (_, clientId, used) => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ access_token: 'new', token_type: 'bearer', expires_in: 60 }));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings: SignInSettings = {
    name: 'example',
    url: `${issuer}/mcp`,
    profile: 'example',
    grant: 'authorization-code',
    clientId,
    clientSecret: 'new-secret',
    callback: { host: '127.0.0.1', path: '/callback' },
    quirks: {},
  };
  const grants = createGrants({
    settings: async () => settings,
    fetch: createAuthFetch({ env: {}, allowLoopback: true }),
    now: () => new Date(0),
  });
  const { tokens } = await grants.refresh(
    signedIn(0, {
      issuer,
      server: { issuer, token_endpoint: `${issuer}/token` },
      client: {
        kind: 'pre-registered',
        id: 'mine',
        secret: 'old-secret',
        authMethod: 'client_secret_basic',
      },
    }),
  );

  expect(tokens).toMatchObject({ access: 'new', refresh: 'refresh-0', expiresAt: 60_000 });
  expect(seen).toEqual([`Basic ${Buffer.from(`mine:${used}`).toString('base64')}`]);
});
