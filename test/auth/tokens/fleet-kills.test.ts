import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRandom } from '../../support/random.ts';
import { callFor, killOutsideLock, runningClient, signedInHome } from './fleet.ts';

const SEATS = 6;

test('processes that are killed take no sign-in with them', { timeout: 180_000 }, async () => {
  const here = await signedInHome({ lifetime: 2 });
  const until = performance.now() + 60_000;
  const failed: unknown[] = [];
  let kills = 0;
  const work = async (seat: number): Promise<void> => {
    const random = createRandom(seat + 1);
    while (performance.now() < until) {
      const client = await runningClient(here);
      const work = callFor(client, 60_000);
      await pause(500 + random.below(4000));
      while (!(await killOutsideLock(client, here))) await pause(10);
      kills += 1;
      failed.push(...(await work).failed);
    }
  };
  await Promise.all(Array.from({ length: SEATS }, (_, seat) => work(seat)));

  expect(failed).toEqual([]);
  expect(kills).toBeGreaterThan(40);
  expect(here.issuer.seen.refreshes().length).toBeGreaterThan(16);
  expect(here.issuer.seen.invalidGrants()).toEqual([]);
});
