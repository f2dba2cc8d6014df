import { expect, test } from 'vitest';
import { timeout } from '../../../src/calls/layers/timeout.ts';
import type { ToolCall } from '../../../src/calls/tool-call.ts';
import { McpctlError } from '../../../src/core/errors.ts';
import { DEFAULT_CALL_TIMEOUTS } from '../../../src/settings/call-settings.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { aCall, anAnswer } from '../../support/tool-calls.ts';

function bench(call: ToolCall) {
  const clock = fakeClock();
  const settings = { ...DEFAULT_CALL_TIMEOUTS, slowTools: ['linear/export@read'] };
  const aborts: string[] = [];
  let finish = (): void => {};
  const handler = timeout(
    settings,
    clock,
  )(
    async ({ signal }) =>
      await new Promise((resolve, reject) => {
        finish = () => resolve(anAnswer(call, 'done'));
        signal.addEventListener('abort', () => {
          aborts.push(`${(signal.reason as McpctlError).code} at ${clock.now()}`);
          reject(signal.reason);
        });
      }),
  );
  const outcome = handler(call).then(
    () => 'answered',
    (error: McpctlError) => error.code,
  );
  return { clock, aborts, outcome, finish: () => finish() };
}

test('a silent server is given up after 10 s, a slow tool after 30 s', async () => {
  const quick = bench(aCall());
  await quick.clock.pass(60_000);
  const slow = bench(aCall({ tool: 'export' }));
  await slow.clock.pass(60_000);

  expect([await quick.outcome, quick.aborts]).toEqual(['SERVER_TIMEOUT', ['SERVER_TIMEOUT at 10000']]);
  expect([await slow.outcome, slow.aborts]).toEqual(['SERVER_TIMEOUT', ['SERVER_TIMEOUT at 30000']]);
});

test('progress starts the time anew, up to the total', async () => {
  const call = aCall();
  const { clock, aborts, outcome } = bench(call);
  for (let at = 5000; at <= 700_000; at += 5000) {
    await clock.pass(5000);
    call.life.heardAt = clock.now();
  }

  expect([await outcome, aborts]).toEqual(['SERVER_TIMEOUT', ['SERVER_TIMEOUT at 600000']]);
});

test('no time runs while the user is asked, and all of it afterwards', async () => {
  const call = aCall();
  const { clock, aborts } = bench(call);
  await clock.pass(8000);
  call.life.asking += 1;
  await clock.pass(120_000);
  expect(aborts).toEqual([]);
  call.life.asking -= 1;
  call.life.heardAt = clock.now();
  await clock.pass(9000);
  expect(aborts).toEqual([]);
  await clock.pass(1500);

  expect(aborts).toHaveLength(1);
});

test('an answer in time is an answer, and the caller who leaves takes the call back', async () => {
  const answered = bench(aCall());
  await answered.clock.pass(9000);
  answered.finish();
  expect(await answered.outcome).toBe('answered');
  await answered.clock.pass(60_000);
  expect(answered.aborts).toEqual([]);

  const controller = new AbortController();
  const left = bench(aCall({ signal: controller.signal }));
  controller.abort(new McpctlError('CANCELLED', 'left'));
  expect([await left.outcome, left.aborts]).toEqual(['CANCELLED', ['CANCELLED at 0']]);
});
