import { expect, test } from 'vitest';
import { type RetryOptions, retry } from '../../../src/calls/layers/retry.ts';
import { SILENT_METER } from '../../../src/calls/meter.ts';
import type { ToolCall } from '../../../src/calls/tool-call.ts';
import { McpctlError } from '../../../src/core/errors.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { aCall, anAnswer } from '../../support/tool-calls.ts';

function bench(error: () => unknown, options: Partial<RetryOptions> = {}, fails = Number.POSITIVE_INFINITY) {
  const clock = fakeClock();
  const times: number[] = [];
  const layer = retry({
    pausesMs: [1000, 2000, 4000],
    budgetMs: 60_000,
    longestWaitMs: 10_000,
    clock,
    random: () => 0.5,
    meter: SILENT_METER,
    learn: async () => {},
    ...options,
  });
  const handler = layer(async (call) => {
    times.push(clock.now());
    if (times.length <= fails) throw error();
    return anAnswer(call, 'at last');
  });
  const run = async (call: ToolCall, ms = 60_000) => {
    const outcome = handler(call).then(
      () => 'answered',
      (failure: McpctlError) => failure.code,
    );
    await clock.pass(ms);
    return { outcome: await outcome, times };
  };
  return { run, clock };
}

const lost = () => new McpctlError('SERVER_UNREACHABLE', 'cut', { data: { sent: true } });
const unsent = () => new McpctlError('SERVER_UNREACHABLE', 'refused', { data: { sent: false } });

test('a read is tried three times more, after 1, 2 and 4 s', async () => {
  expect(await bench(lost).run(aCall())).toEqual({
    outcome: 'SERVER_UNREACHABLE',
    times: [0, 1000, 3000, 7000],
  });
  expect(await bench(lost, {}, 2).run(aCall())).toEqual({ outcome: 'answered', times: [0, 1000, 3000] });
});

test.each(['write', 'destructive', 'unknown'] as const)(
  'a %s call is never sent again when something of it may have reached the server',
  async (intent) => {
    const silent = () => new McpctlError('SERVER_TIMEOUT', 'silent');
    for (const error of [lost, silent]) {
      expect((await bench(error).run(aCall({ intent }))).times).toEqual([0]);
    }
    expect((await bench(lost).run(aCall({ intent, isIdempotent: true }))).times).toHaveLength(4);
    expect((await bench(unsent, {}, 1).run(aCall({ intent }))).outcome).toBe('answered');
  },
);

test('a write whose connection broke may have been done', async () => {
  expect((await bench(lost).run(aCall({ intent: 'write' }))).outcome).toBe('OUTCOME_UNKNOWN');
  expect((await bench(unsent).run(aCall({ intent: 'write' }))).outcome).toBe('SERVER_UNREACHABLE');
});

test('what a tool is, is found out before a lost call of it is given up', async () => {
  const call: ToolCall = { ...aCall({ intent: 'unknown' }) };
  const learn = async (): Promise<void> => void Object.assign(call, { intent: 'read' });

  expect((await bench(lost, { learn }, 1).run(call)).outcome).toBe('answered');
});

test.each([
  'TOOL_DENIED',
  'RATE_LIMITED',
  'SIGN_IN_NEEDED',
  'CALL_ARGUMENTS',
  'SERVER_CRASH_LOOP',
  'INTERNAL',
] as const)('%s is not tried again', async (code) => {
  const error = () => new McpctlError(code, 'no', { data: { sent: false } });
  expect((await bench(error).run(aCall())).times).toEqual([0]);
});

test('HTTP statuses that stay are not tried again, those that pass are', async () => {
  const status = (value: number) => () =>
    new McpctlError('SERVER_UNREACHABLE', 'no', { data: { status: value } });

  expect((await bench(status(404)).run(aCall())).times).toEqual([0]);
  expect((await bench(status(503), {}, 1).run(aCall())).times).toEqual([0, 1000]);
});

test('the pause is as long as the server asks, unless that is more than a tool may take', async () => {
  const busy = (retryAfterMs: number) => () =>
    new McpctlError('SERVER_BUSY', 'later', { data: { sent: false, retryAfterMs } });

  expect((await bench(busy(5000), {}, 1).run(aCall())).times).toEqual([0, 5000]);
  expect(await bench(busy(10_001)).run(aCall())).toEqual({ outcome: 'SERVER_BUSY', times: [0] });
});

test('no attempt begins beyond the budget', async () => {
  expect((await bench(lost, { budgetMs: 4000 }).run(aCall())).times).toEqual([0, 1000, 3000]);
});

test('pauses are spread by a tenth', async () => {
  expect((await bench(lost, { random: () => 0 }, 1).run(aCall())).times).toEqual([0, 900]);
  expect((await bench(lost, { random: () => 1 }, 1).run(aCall())).times).toEqual([0, 1100]);
});

test('a caller who leaves ends the pause, and nothing is sent any more', async () => {
  const controller = new AbortController();
  const { run, clock } = bench(lost);
  clock.after(500, () => controller.abort(new McpctlError('CANCELLED', 'left')));

  expect(await run(aCall({ signal: controller.signal }))).toEqual({ outcome: 'CANCELLED', times: [0] });
});

test('an answer that says isError is an answer', async () => {
  let calls = 0;
  const layer = retry({
    pausesMs: [1],
    budgetMs: 1000,
    longestWaitMs: 1000,
    clock: fakeClock(),
    random: () => 0.5,
    meter: SILENT_METER,
    learn: async () => {},
  });
  const answer = await layer(async (call) => {
    calls += 1;
    return { ...anAnswer(call, 'no'), outcome: 'tool_error' };
  })(aCall());

  expect([answer.outcome, calls]).toEqual(['tool_error', 1]);
});
