import { expect, test } from 'vitest';
import { createAuthFetch } from '../../src/auth/protocol/network.ts';
import type { IssuerChange } from '../../src/auth/sign-in/ports.ts';
import { signIn } from '../../src/auth/sign-in/sign-in.ts';
import { createCredentials } from '../../src/auth/store/credentials.ts';
import { createMemoryStore } from '../../src/auth/store/memory-store.ts';
import { temporaryFolder } from '../support/cli.ts';
import { documents, oddServer } from './protocol/odd-server.ts';
import { signedIn } from './tokens/issuer-double.ts';

test.each([
  [{}, false],
  [{ clientMetadataUrl: 'https://example.com/client.json' }, false],
  [{ clientId: 'made-by-hand' }, true],
])('asks before it signs in elsewhere than the last time, with %j', async (given, takesClientAlong) => {
  const { origin, asked } = await oddServer(documents());
  const folder = await temporaryFolder();
  const store = createMemoryStore();
  const credentials = createCredentials({
    paths: { state: folder, locks: folder },
    openStore: async () => store,
    defaultStore: async () => 'memory',
  });
  const url = `${origin}/mcp`;
  const before = 'https://issuer.example.com';
  await credentials.save({ ...signedIn(0), url, profile: 'here', issuer: before });
  const changes: IssuerChange[] = [];

  const done = signIn({
    settings: {
      name: 'here',
      url,
      profile: 'here',
      grant: 'authorization-code',
      callback: { host: '127.0.0.1', path: '/callback' },
      quirks: {},
      ...given,
    },
    credentials,
    fetch: createAuthFetch({ env: {}, allowLoopback: true }),
    ports: {
      open: async () => false,
      say: () => {},
      confirmScopes: async () => true,
      confirmIssuer: async (change) => {
        changes.push(change);
        return false;
      },
      now: () => 0,
    },
  });

  await expect(done).rejects.toMatchObject({ code: 'OAUTH_UNTRUSTED' });
  expect(changes).toEqual([{ server: 'here', before, after: origin, takesClientAlong }]);
  expect(asked.filter(({ method }) => method === 'POST')).toEqual([]);
});
