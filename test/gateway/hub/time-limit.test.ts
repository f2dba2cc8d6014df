import { expect, test } from 'vitest';
import { McpctlError } from '../../../src/core/errors.ts';
import { timeLimit } from '../../../src/gateway/hub/time-limit.ts';
import { fakeClock } from '../../support/fake-clock.ts';

const late = (): McpctlError => new McpctlError('SERVER_TIMEOUT', 'Late.');

test('silence ends a request, what is heard and the time of the user do not', async () => {
  const clock = fakeClock();
  const { signal, life } = timeLimit({
    signal: new AbortController().signal,
    milliseconds: 1000,
    late,
    clock,
  });

  await clock.pass(900);
  life.heardAt = clock.now();
  await clock.pass(900);
  life.asking = 1;
  await clock.pass(60_000);
  expect(signal.aborted).toBe(false);
  life.asking = 0;
  await clock.pass(2000);

  expect(signal.reason).toMatchObject({ code: 'SERVER_TIMEOUT' });
});

test('a request that is given up is over, and one that is done never late', async () => {
  const stop = new AbortController();
  const clock = fakeClock();
  const limit = { milliseconds: 1000, late, clock };
  const given = timeLimit({ ...limit, signal: stop.signal });
  const done = timeLimit({ ...limit, signal: new AbortController().signal });

  stop.abort(new Error('Enough.'));
  done.clear();
  await clock.pass(5000);

  expect(given.signal.reason).toMatchObject({ message: 'Enough.' });
  expect(done.signal.aborted).toBe(false);
});
