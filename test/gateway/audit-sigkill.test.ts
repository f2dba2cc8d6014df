import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runSigkills } from '../support/chaos/run-sigkills.ts';

/** The long version of this is `node test/bench/audit-sigkill.mjs`. */
test('every answered call is in the audit log, however often the gateway is killed', {
  timeout: 300_000,
}, async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));

  const { answered, lost, isWhole } = await runSigkills({ root, calls: 5000, kills: 5 });

  expect(lost).toEqual([]);
  expect(isWhole).toBe(true);
  for (const count of Object.values(answered)) expect(count).toBeGreaterThan(1000);
});
