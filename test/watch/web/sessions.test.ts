import { expect, test } from 'vitest';
import { createSessions } from '../../../src/watch/web/sessions.ts';

const HOUR_MS = 3_600_000;

test('the code of a link works once', () => {
  const sessions = createSessions(() => 0);
  const code = sessions.newCode();

  const token = sessions.redeem(code);

  expect(sessions.find(`Bearer ${token}`)?.viewer).toEqual({ principal: undefined, isOwner: true });
  expect(sessions.redeem(code)).toBeUndefined();
});

test('a code that is used a second time ends what it began: two have seen it', () => {
  const sessions = createSessions(() => 0);
  const code = sessions.newCode();
  const token = sessions.redeem(code);
  const ended = sessions.find(`Bearer ${token}`)?.ended;

  sessions.redeem(code);

  expect(ended?.aborted).toBe(true);
  expect(sessions.find(`Bearer ${token}`)).toBeUndefined();
});

test('a newer code ends the one nobody used', () => {
  const sessions = createSessions(() => 0);
  const older = sessions.newCode();
  const newer = sessions.newCode();

  expect(sessions.redeem(older)).toBeUndefined();
  expect(sessions.redeem(newer)).toBeDefined();
});

test.each([undefined, '', 'Bearer', 'Bearer x', 'Basic abc', `Bearer ${'a'.repeat(43)}`])(
  '%s is nobody',
  (given) => {
    const sessions = createSessions(() => 0);
    sessions.begin({ principal: 'ada', isOwner: false });

    expect(sessions.find(given)).toBeUndefined();
  },
);

test('a session nobody uses for a day ends', () => {
  let now = 0;
  const sessions = createSessions(() => now);
  const token = sessions.begin({ principal: 'ada', isOwner: false });
  now = 23 * HOUR_MS;
  expect(sessions.find(`Bearer ${token}`)).toBeDefined();
  now += 23 * HOUR_MS;
  expect(sessions.find(`Bearer ${token}`)).toBeDefined();
  now += 25 * HOUR_MS;

  expect(sessions.find(`Bearer ${token}`)).toBeUndefined();
});

test('the sessions of one principal end together, and no others', () => {
  const sessions = createSessions(() => 0);
  const [ada, again, bob] = ['ada', 'ada', 'bob'].map((principal) =>
    sessions.begin({ principal, isOwner: false }),
  );

  sessions.end({ principal: 'ada' });

  expect([ada, again, bob].map((token) => sessions.find(`Bearer ${token}`) !== undefined)).toEqual([
    false,
    false,
    true,
  ]);
});

test('the one not used for longest makes room', () => {
  let now = 0;
  const sessions = createSessions(() => now);
  const begin = (): string => {
    now += 1;
    return sessions.begin({ principal: 'ada', isOwner: false });
  };
  const first = begin();
  const second = begin();
  for (let made = 2; made < 32; made += 1) begin();
  now += 1;
  sessions.find(`Bearer ${first}`);
  begin();

  expect(sessions.find(`Bearer ${first}`)).toBeDefined();
  expect(sessions.find(`Bearer ${second}`)).toBeUndefined();
});
