import { expect, test } from 'vitest';
import { quietUntil } from '../../../src/watch/alerts/quiet-hours.ts';

const at = (time: string): number => Date.parse(`2026-11-30T${time}Z`);

test.each([
  ['22:00', '07:00', 'UTC', '21:59:59', undefined],
  ['22:00', '07:00', 'UTC', '22:00:00', '2026-12-01T07:00:00.000Z'],
  ['22:00', '07:00', 'UTC', '03:30:20', '2026-11-30T07:00:00.000Z'],
  ['22:00', '07:00', 'UTC', '07:00:00', undefined],
  ['12:00', '13:00', 'UTC', '12:30:00', '2026-11-30T13:00:00.000Z'],
  ['12:00', '13:00', 'UTC', '13:00:00', undefined],
  ['22:00', '07:00', 'Asia/Kolkata', '17:00:00', '2026-12-01T01:30:00.000Z'],
  ['22:00', '07:00', 'America/New_York', '17:00:00', undefined],
])('from %s to %s in %s, it is quiet at %s until %s', (from, to, timeZone, now, end) => {
  const until = quietUntil({ from, to, timeZone }, at(now));

  expect(until === undefined ? undefined : new Date(until).toISOString()).toBe(end);
});

test('without quiet hours it is never quiet', () => {
  expect(quietUntil(undefined, at('03:00:00'))).toBeUndefined();
});
