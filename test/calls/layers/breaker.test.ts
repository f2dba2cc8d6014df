import { expect, test } from 'vitest';
import { breaker } from '../../../src/calls/layers/breaker.ts';
import { SILENT_METER } from '../../../src/calls/meter.ts';
import { McpctlError } from '../../../src/core/errors.ts';
import { DEFAULT_CALL_SETTINGS } from '../../../src/settings/call-settings.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { aCall, anAnswer } from '../../support/tool-calls.ts';

type Reply = 'ok' | 'tool_error' | McpctlError;

function bench() {
  const clock = fakeClock();
  const states: string[] = [];
  const meter = { ...SILENT_METER, breaker: (_: string, state: string) => void states.push(state) };
  let reached = 0;
  let release = (): void => {};
  let reply: Reply = 'ok';
  let isHeld = false;
  const handler = breaker(
    DEFAULT_CALL_SETTINGS.breaker,
    clock,
    meter,
  )(async (call) => {
    reached += 1;
    const own = reply;
    if (isHeld) {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    }
    if (own instanceof McpctlError) throw own;
    return { ...anAnswer(call, 'x'), outcome: own };
  });
  const call = async (next: Reply = 'ok', parts = {}): Promise<string> => {
    reply = next;
    return await handler(aCall(parts)).then(
      ({ outcome }) => outcome,
      (error: McpctlError) => `${error.code} ${error.data?.retryAfterMs ?? ''}`.trim(),
    );
  };
  const hold = (value: boolean): void => {
    isHeld = value;
  };
  return { clock, states, call, hold, release: () => release(), reached: () => reached };
}

const down = new McpctlError('SERVER_TIMEOUT', 'silent');

test('opens after 5 failures in a row, lets one call try after a second, and closes when that is answered', async () => {
  const { call, clock, states, reached } = bench();
  for (let count = 0; count < 5; count += 1) expect(await call(down)).toBe('SERVER_TIMEOUT');
  expect(await call()).toBe('SERVER_RESTING 1000');
  expect(await call('ok', { server: 'other' })).toBe('ok');
  await clock.pass(999);
  expect(await call()).toBe('SERVER_RESTING 1');
  await clock.pass(1);
  expect([await call(down), await call()]).toEqual(['SERVER_TIMEOUT', 'SERVER_RESTING 2000']);
  await clock.pass(2000);
  expect([await call(), await call()]).toEqual(['ok', 'ok']);
  expect(states).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
  expect(reached()).toBe(9);
});

test('rests twice as long after each try that failed, 30 s at most, and a second again once it worked', async () => {
  const { call, clock } = bench();
  const rest = async (): Promise<number> => Number((await call()).split(' ')[1]);
  for (let count = 0; count < 5; count += 1) await call(down);
  const rests = [await rest()];
  for (let tries = 0; tries < 6; tries += 1) {
    await clock.pass(rests.at(-1) ?? 0);
    await call(down);
    rests.push(await rest());
  }
  await clock.pass(30_000);
  await call('ok');
  for (let count = 0; count < 5; count += 1) await call(down);

  expect([...rests, await rest()]).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 1000]);
});

test('only one call tries', async () => {
  const { call, clock, hold, release } = bench();
  for (let count = 0; count < 5; count += 1) await call(down);
  await clock.pass(30_000);
  hold(true);
  const trying = call();
  expect(await call()).toBe('SERVER_RESTING 1000');
  release();
  expect(await trying).toBe('ok');
});

test('opens when half of 10 calls within a minute failed', async () => {
  const { call } = bench();
  for (let count = 0; count < 4; count += 1) {
    await call('ok');
    await call(down);
  }
  await call('ok');
  expect(await call(down)).toBe('SERVER_TIMEOUT');
  expect(await call()).toContain('SERVER_RESTING');
});

test('failures of more than a minute ago do not count', async () => {
  const { call, clock } = bench();
  for (let count = 0; count < 4; count += 1) await call(down);
  await call('ok');
  await clock.pass(61_000);
  for (const reply of ['ok', 'ok', 'ok', down, 'ok', down, 'ok', down, 'ok'] as const) await call(reply);
  expect(await call('ok')).toBe('ok');
});

test('answers that say isError, cancelled calls, full queues and lost tokens are no failures', async () => {
  const { call } = bench();
  const codes = ['CANCELLED', 'KEYCHAIN_UNAVAILABLE', 'SERVER_BUSY', 'SIGN_IN_NEEDED'] as const;
  for (let count = 0; count < 20; count += 1) {
    await call('tool_error');
    for (const code of codes) await call(new McpctlError(code, 'x'));
  }
  expect(await call()).toBe('ok');
});
