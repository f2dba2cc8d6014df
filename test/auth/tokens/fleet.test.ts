import { expect, test } from 'vitest';
import type { LineClient } from '../../support/line-client.ts';
import { callWhile, runningClient, signedInWithKeychain, type World } from './fleet.ts';

const PROCESSES = 6;
const AT_LEAST_MS = 60_000;
/** A slow machine gets more time for as much to happen. */
const AT_MOST_MS = 180_000;

test('six processes share a rotating token of two seconds in the keychain', {
  timeout: 400_000,
}, async () => {
  const here = await signedInWithKeychain({ lifetime: 2 });
  const clients = await fleet(here);
  const begun = performance.now();
  const before = here.issuer.seen.refreshes().length;
  const refreshes = (): number => here.issuer.seen.refreshes().length - before;
  const goesOn = (calls: number): boolean => {
    const lasted = performance.now() - begun;
    const isEnough = calls * PROCESSES > 1000 && refreshes() > 15;
    return lasted < AT_LEAST_MS || (lasted < AT_MOST_MS && !isEnough);
  };
  const done = await Promise.all(clients.map((client) => callWhile(client, goesOn)));
  const lasted = performance.now() - begun;

  expect(done.flatMap(({ failed }) => failed)).toEqual([]);
  expect(done.reduce((sum, { calls }) => sum + calls, 0)).toBeGreaterThan(1000);
  expect(here.issuer.seen.invalidGrants()).toEqual([]);
  expect(refreshes()).toBeGreaterThan(15);
  expect(refreshes()).toBeLessThanOrEqual(lasted / 1500);
});

async function fleet(here: World): Promise<LineClient[]> {
  return await Promise.all(Array.from({ length: PROCESSES }, () => runningClient(here)));
}
