import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { findLiteralSecret } from '../../src/core/secret-patterns.ts';
import { lookalikes, randomFrom, type Sample, secrets } from './secret-corpus.ts';

const ROUNDS = 40;
const seed = randomBytes(6).toString('hex');

test(`finds at least 50 of 52 fresh credentials (seed ${seed})`, () => {
  const samples = corpus(secrets);

  const missed = samples.filter(({ key, value }) => !findLiteralSecret(key, value));

  expect(missed.length / samples.length, JSON.stringify(missed, null, 1)).toBeLessThanOrEqual(2 / 52);
});

test(`takes at most one in twenty look-alikes for a secret (seed ${seed})`, () => {
  const samples = corpus(lookalikes);

  const wrong = samples.filter(({ key, value }) => findLiteralSecret(key, value));

  expect(wrong.length / samples.length, JSON.stringify(wrong, null, 1)).toBeLessThanOrEqual(1 / 20);
});

test.each([
  ['GITHUB_TOKEN', 'ghp_R2D2c3poBB8k7m5n4b3v2c1x0z9l8k7j6h5g', 'github-token'],
  ['DATABASE_URL', 'postgres://app:tr0ub4dor@db.host.io/app', 'url-password'],
  ['DATABASE_URL', 'postgres://app:tr0ub4dor@localhost/app', 'url-password'],
  ['Authorization', 'Bearer 8sKd93jfLq02mZx7Yw5Tg1Rb', 'authorization'],
  ['', '--header=Authorization: Bearer 8sKd93jfLq02mZx7Yw5Tg1Rb', 'authorization'],
  ['DB_PASSWORD', 'hunter2!', 'password'],
  ['X-Api-Key', '7f3e9a1c5b8d2046e1f0a9c8b7d6e5f4', 'named-secret'],
  ['TOKEN', '${TOKEN:-7f3e9a1c5b8d2046e1f0a9c8b7d6e5f4}', 'named-secret'],
  ['', 'Server=db;Uid=app;Password=tr0ub4dor;', 'password'],
  ['', 'https://mcp.vendor.io/sse?api_key=7f3e9a1c5b8d2046e1f0a9c8', 'named-secret'],
  ['', '{"refresh_token": "8sKd93jfLq02mZx7Yw5Tg1Rb"}', 'named-secret'],
  ['', '-e API_TOKEN=8sKd93jfLq02mZx7Yw5Tg1Rb', 'named-secret'],
])('%s: %s is a %s', (key, value, kind) => {
  expect(findLiteralSecret(key, value)).toEqual({ kind });
});

test.each([
  ['Authorization', 'Bearer ${TOKEN}'],
  ['Authorization', 'Bearer $TOKEN'],
  ['Authorization', 'Bearer <token>'],
  ['API_KEY', '{env:API_KEY}'],
  ['API_KEY', '{{ secrets.API_KEY }}'],
  ['API_KEY', '%API_KEY%'],
  ['API_KEY', '$(pass show mcp/linear)'],
  ['DATABASE_URL', 'postgres://${DB_USER}:${DB_PASSWORD}@db.host.io/app'],
  ['DATABASE_URL', 'postgresql://user:password@localhost:5432/db'],
  ['DATABASE_URL', 'postgres://localhost/app'],
  ['KEYBOARD_LAYOUT', 'us-international-8f3a9c1b'],
  ['TOKEN_TYPE', 'bearer'],
  ['SECRET_BACKEND', 'keychain'],
  ['PUBLIC_KEY', '7f3e9a1c5b8d2046e1f0a9c8b7d6e5f4'],
  ['LOG_LEVEL', 'debug'],
  ['COMMIT', '7f3e9a1c5b8d2046e1f0a9c8b7d6e5f4a1b2c3d4'],
  ['', ''],
])('%s: %s is clean', (key, value) => {
  expect(findLiteralSecret(key, value)).toBeUndefined();
});

test('stays fast on long values without a secret', () => {
  const long = `${'a=b;'.repeat(20_000)}${'word '.repeat(20_000)}${'http://a:'.repeat(5_000)}`;
  const before = process.cpuUsage();

  expect(findLiteralSecret('NOTE', long)).toBeUndefined();

  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5);
});

function corpus(make: (random: ReturnType<typeof randomFrom>) => Sample[]): Sample[] {
  return Array.from({ length: ROUNDS }, (_, round) => make(randomFrom(`${seed} ${round}`))).flat();
}
