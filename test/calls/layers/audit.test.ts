import { expect, test } from 'vitest';
import type { CallRecorder } from '../../../src/calls/call-recorder.ts';
import { audit } from '../../../src/calls/layers/audit.ts';
import type { ToolCall } from '../../../src/calls/tool-call.ts';
import type { McpctlError } from '../../../src/core/errors.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { aCall, anAnswer } from '../../support/tool-calls.ts';

/** The layer before a log that takes rows, or takes none and says nothing. */
function bench() {
  const clock = fakeClock();
  const said: string[] = [];
  const log = { hangs: true };
  const recorder: CallRecorder = {
    refuses: true,
    prepare: (call) => ({ call }),
    isPrompt: false,
    record: async () => await new Promise((resolve) => !log.hangs && resolve()),
    close: async () => {},
  };
  const layer = audit({ recorder, clock, meter: { audited: () => {} }, warn: (line) => said.push(line) });
  const handler = layer(async (call) => anAnswer(call, 'done'));
  const ask = (call: ToolCall): Promise<string> =>
    handler(call).then(
      () => 'answered',
      (error: McpctlError) => error.code,
    );
  return { clock, said, log, ask };
}

test('a log that hangs keeps no read from its answer for ever', async () => {
  const { clock, said, ask } = bench();
  const outcome = ask(aCall());
  await clock.pass(60_000);

  expect(await outcome).toBe('answered');
  expect(said).toEqual(['A call was not recorded. The audit log took no row for 20 s.']);
});

test('a call that may change something is refused then, until the log takes rows again', async () => {
  const { clock, log, ask } = bench();
  const outcomes = [ask(aCall({ intent: 'write' })), ask(aCall({ intent: 'write' }))];
  await clock.pass(60_000);
  expect(await Promise.all(outcomes)).toEqual(['AUDIT_UNWRITABLE', 'AUDIT_UNWRITABLE']);

  log.hangs = false;
  expect(await ask(aCall({ intent: 'write' }))).toBe('AUDIT_UNWRITABLE');
  expect(await ask(aCall({ intent: 'write' }))).toBe('answered');
});
