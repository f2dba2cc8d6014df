import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRandom } from '../../support/random.ts';
import { callWhile, killOutsideLock, runningClient, signedInHome } from './fleet.ts';

const SEATS = 6;
const AT_LEAST_MS = 60_000;
/** A slow machine gets more time for as much to happen. */
const AT_MOST_MS = 180_000;
const KILLS = 40;
const REFRESHES = 16;

test('processes that are killed take no sign-in with them', { timeout: 400_000 }, async () => {
  const here = await signedInHome({ lifetime: 2 });
  const begun = performance.now();
  const failed: unknown[] = [];
  let kills = 0;
  const refreshes = (): number => here.issuer.seen.refreshes().length;
  const goesOn = (): boolean => {
    const lasted = performance.now() - begun;
    const isEnough = kills > KILLS && refreshes() > REFRESHES;
    return lasted < AT_LEAST_MS || (lasted < AT_MOST_MS && !isEnough);
  };
  const work = async (seat: number): Promise<void> => {
    const random = createRandom(seat + 1);
    while (goesOn()) {
      const client = await runningClient(here);
      const work = callWhile(client, () => true);
      await pause(500 + random.below(4000));
      while (!(await killOutsideLock(client, here))) await pause(10);
      kills += 1;
      failed.push(...(await work).failed);
    }
  };
  await Promise.all(Array.from({ length: SEATS }, (_, seat) => work(seat)));

  expect(failed).toEqual([]);
  expect(kills).toBeGreaterThan(KILLS);
  expect(refreshes()).toBeGreaterThan(REFRESHES);
  expect(here.issuer.seen.invalidGrants()).toEqual([]);
});
