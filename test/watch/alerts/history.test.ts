import { expect, test } from 'vitest';
import { createHistory } from '../../../src/watch/alerts/history.ts';
import type { Observation } from '../../../src/watch/observation.ts';
import { observation } from '../../support/observations.ts';

const read = ({ auditFailures }: Observation): number => auditFailures;

function seen(...pairs: readonly (readonly [seconds: number, failures: number])[]) {
  const history = createHistory();
  for (const [seconds, auditFailures] of pairs) history.add(observation(seconds, [], { auditFailures }));
  return history;
}

test('adds up what a counter grew by within the window', () => {
  const history = seen([0, 5], [60, 7], [120, 7], [400, 9]);

  expect(history.increaseOf(read, 300_000)).toMatchObject({ by: 2, isWhole: true });
  expect(history.increaseOf(read, 400_000)).toMatchObject({ by: 4, isWhole: true });
});

test('does not take off what was lost with a process that ended', () => {
  expect(seen([0, 5], [60, 2], [120, 3]).increaseOf(read, 300_000).by).toBe(1);
});

test('knows when it has not looked for long enough', () => {
  expect(seen([0, 5], [60, 5]).increaseOf(read, 300_000)).toMatchObject({ by: 0, isWhole: false });
});

test('loses no growth when observations come every second', () => {
  const history = createHistory();
  for (let second = 0; second <= 700; second += 1) {
    history.add(observation(second, [], { auditFailures: second }));
  }

  expect(history.increaseOf(read, 600_000).by).toBeGreaterThanOrEqual(600);
  expect(history.increaseOf(read, 600_000)).toMatchObject({ by: expect.any(Number), isWhole: true });
});
