import { expect, test } from 'vitest';
import type { LineClient } from '../../support/line-client.ts';
import { callFor, runningClient, signedInWithKeychain, type World } from './fleet.ts';

const PROCESSES = 6;

test('six processes share a rotating token of two seconds in the keychain', {
  timeout: 120_000,
}, async () => {
  const here = await signedInWithKeychain({ lifetime: 2 });
  const clients = await fleet(here);
  const begun = performance.now();
  const before = here.issuer.seen.refreshes().length;
  const done = await Promise.all(clients.map((client) => callFor(client, 60_000)));
  const lasted = performance.now() - begun;

  expect(done.flatMap(({ failed }) => failed)).toEqual([]);
  expect(done.reduce((sum, { calls }) => sum + calls, 0)).toBeGreaterThan(1000);
  expect(here.issuer.seen.invalidGrants()).toEqual([]);
  const refreshes = here.issuer.seen.refreshes().length - before;
  expect(refreshes).toBeGreaterThan(15);
  expect(refreshes).toBeLessThanOrEqual(lasted / 1500);
});

async function fleet(here: World): Promise<LineClient[]> {
  return await Promise.all(Array.from({ length: PROCESSES }, () => runningClient(here)));
}
