import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { barsOf } from '../support/chaos/bars.ts';
import { runChaos } from '../support/chaos/run-chaos.ts';

const LEAST_KILLS = 10;

/** The long version of this is `node test/bench/chaos.mjs`. */
test('servers that crash and a Redis that goes away cost no read, double no write and leave nothing behind', {
  timeout: 400_000,
}, async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));

  const report = await runChaos({ root, seconds: 30, leastKills: LEAST_KILLS, killEveryMs: 2500 });

  const broken = barsOf(report, { steady: false }).filter(({ value, atMost }) => value > atMost);
  const { failedReads, failedLists, unsureWrites, untold, said } = report;
  expect({ broken, failedReads, failedLists, untold }, said).toEqual({
    broken: [],
    failedReads: {},
    failedLists: {},
    untold: [],
  });
  expect(Object.keys(unsureWrites).filter((code) => code !== 'OUTCOME_UNKNOWN')).toEqual([]);
  expect(report.crashes.length).toBeGreaterThanOrEqual(LEAST_KILLS);
  expect(report.redisRestarts).toBe(2);
  expect(report.reads).toBeGreaterThan(200);
  expect(report.writes).toBeGreaterThan(50);
});
