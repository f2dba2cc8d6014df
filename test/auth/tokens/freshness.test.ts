import { expect, test } from 'vitest';
import { isDue, isLapsed, leastApart, lifetimeOf, renewalTime } from '../../../src/auth/tokens/freshness.ts';

const lasting = (life: number) => ({ receivedAt: 1000, expiresAt: 1000 + life });

test.each([
  ['a day', 86_400_000, 86_400_000 - 60_000],
  ['an hour', 3_600_000, 3_600_000 - 60_000],
  ['five minutes', 300_000, 270_000],
  ['two seconds', 2000, 2000],
])('renews what lives %s a minute or a tenth before its end', (_, life, after) => {
  const tokens = lasting(life);

  expect(renewalTime(tokens)).toBe(1000 + after);
  expect([isDue(tokens, 999 + after), isDue(tokens, 1000 + after)]).toEqual([false, true]);
  expect([isLapsed(tokens, 999 + life), isLapsed(tokens, 1000 + life)]).toEqual([false, true]);
});

test('comes a little earlier by chance', () => {
  expect(renewalTime(lasting(3_600_000), 1)).toBe(1000 + 3_600_000 - 90_000);
});

test.each([undefined, 1000, 500])('an end at %s tells nothing', (expiresAt) => {
  const tokens = { receivedAt: 1000, ...(expiresAt !== undefined && { expiresAt }) };

  expect(lifetimeOf(tokens)).toBeUndefined();
  expect(renewalTime(tokens)).toBeUndefined();
  expect(isDue(tokens, Number.MAX_SAFE_INTEGER)).toBe(false);
  expect(leastApart(tokens)).toBe(30_000);
});

test('renewals that nobody asked for are half a minute apart, of short lives three quarters', () => {
  expect([3_600_000, 10_000, 2000, 100].map((life) => leastApart(lasting(life)))).toEqual([
    30_000, 7500, 1500, 1500,
  ]);
});
