import { expect, test } from 'vitest';
import type { CredentialRow } from '../../../src/auth/store/credential-row.ts';
import { dueSecrets } from '../../../src/watch/alerts/due.ts';
import { NOON } from '../../support/observations.ts';

const HOUR = 3_600_000;

function signIn(but: Partial<CredentialRow>): CredentialRow {
  return {
    id: 'id',
    place: 'place',
    url: 'https://mcp.example.com/mcp',
    issuer: 'https://example.com',
    profile: 'linear',
    store: 'file',
    server: 'linear',
    generation: 1,
    signedInAt: NOON,
    hasRefreshToken: false,
    grant: 'authorization-code',
    scopes: [],
    ...but,
  };
}

test('a key ends on the day of the settings', () => {
  expect(dueSecrets({ GITHUB_TOKEN: '2027-01-31' }, [])).toMatchObject([
    { name: 'GITHUB_TOKEN', endsAt: Date.parse('2027-01-31T00:00:00Z') },
  ]);
});

test('a sign-in nothing renews is told of in its last fifth', () => {
  expect(dueSecrets({}, [signIn({ expiresAt: NOON + 10 * HOUR })])).toEqual([
    { name: 'linear', endsAt: NOON + 10 * HOUR, tellFrom: NOON + 8 * HOUR },
  ]);
});

test.each([
  ['that is renewed', { hasRefreshToken: true }],
  ['of a job, which gets tokens by itself', { grant: 'client-credentials' }],
  ['of an older version, which does not say how it came', { grant: undefined }],
  ['that does not end', { expiresAt: undefined }],
])('a sign-in %s is not due', (_, but) => {
  expect(dueSecrets({}, [signIn({ expiresAt: NOON + HOUR, ...but })])).toEqual([]);
});

test('the secret of a client may end first', () => {
  const row = signIn({ hasRefreshToken: true, expiresAt: NOON + HOUR, clientEndsAt: NOON + 100 * HOUR });

  expect(dueSecrets({}, [row])).toMatchObject([{ name: 'linear', endsAt: NOON + 100 * HOUR }]);
});
