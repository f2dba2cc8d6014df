import { expect, test } from 'vitest';
import { type Job, runJobs } from '../../src/preflight/runner.ts';

const signal = new AbortController().signal;
const width = { light: 2, heavy: 1 };

const job = (id: string, run: Job['run'], more: Partial<Job> = {}): Job => ({
  id,
  area: 'machine',
  title: id,
  deadlineMs: 10_000,
  weight: 'light',
  run,
  ...more,
});

test('answers in the order of the jobs, whichever ends first', async () => {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  const slow = job('slow', async () => {
    await promise;
    return { findings: [], detail: 'late' };
  });
  const fast = job('fast', async () => {
    resolve();
    return { findings: [] };
  });

  const verdicts = await runJobs([slow, fast], { width, signal });

  expect(verdicts.map(({ id, state }) => [id, state])).toEqual([
    ['slow', 'ok'],
    ['fast', 'ok'],
  ]);
});

test('turns a job that throws into a finding and goes on with the others', async () => {
  const broken = job('broken', async () => {
    throw new TypeError('oops');
  });

  const verdicts = await runJobs([broken, job('next', async () => ({ findings: [] }))], { width, signal });

  expect(verdicts[0]?.findings).toMatchObject([{ code: 'CHECK_FAILED', subject: 'broken', cause: 'oops' }]);
  expect(verdicts[1]?.state).toBe('ok');
});

test('gives up a job that hangs, and tells it so', async () => {
  let told: unknown;
  const hanging = job(
    'hanging',
    (stop) =>
      new Promise(() => {
        stop.addEventListener('abort', () => {
          told = stop.reason;
        });
      }),
    { deadlineMs: 20 },
  );

  const [verdict] = await runJobs([hanging], { width, signal });

  expect(verdict?.findings).toMatchObject([{ code: 'CHECK_TIMED_OUT' }]);
  expect(told).toBeInstanceOf(Error);
});

test('runs no more heavy jobs at once than allowed', async () => {
  let running = 0;
  let most = 0;
  const heavy = (id: string) =>
    job(
      id,
      async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return { findings: [] };
      },
      { weight: 'heavy' },
    );

  await runJobs(['a', 'b', 'c'].map(heavy), { width, signal });

  expect(most).toBe(1);
});

test('stops when the user stops it', async () => {
  const controller = new AbortController();
  const first = job('first', async () => {
    controller.abort(new Error('stopped by the user'));
    return { findings: [] };
  });

  const jobs = [first, job('second', async () => ({ findings: [] }))];
  const running = runJobs(jobs, { width: { light: 1, heavy: 1 }, signal: controller.signal });

  await expect(running).rejects.toThrow('stopped by the user');
});
