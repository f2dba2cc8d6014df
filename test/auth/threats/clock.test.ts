import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { LineClient } from '../../support/line-client.ts';
import { isToken } from '../../support/oauth/token-failures.ts';
import { bench, said } from './bench.ts';

const SHIM = pathToFileURL(
  fileURLToPath(new URL('../../fixtures/oauth/shifted-clock.mjs', import.meta.url)),
).href;
const HOUR = 3_600_000;

test.each([-HOUR, HOUR])(
  'a clock %i ms off signs in, calls and asks for no more than one token',
  async (shift) => {
    const env = { NODE_OPTIONS: `--import=${SHIM}`, CLOCK_SHIFT: String(shift) };
    const { issuer, login, run } = await bench({ env });
    await login();
    const client = await run();

    expect(await callOften(client)).toBe(20);
    expect(issuer.seen.refreshes().length).toBeLessThanOrEqual(1);
  },
);

test.each([-HOUR, HOUR])('a clock that jumps by %i ms after the sign-in loses nothing', async (shift) => {
  const { issuer, browser, env, login, run } = await bench({ issuer: { lifetime: 600 } });
  await login();
  Object.assign(env, { NODE_OPTIONS: `--import=${SHIM}`, CLOCK_SHIFT: String(shift) });
  const client = await run();

  expect(await callOften(client)).toBe(20);
  expect(issuer.seen.refreshes().length).toBeLessThanOrEqual(1);
  expect(await browser.started()).toHaveLength(1);
});

test.each([0, undefined, -5, 1e12, 1e300])(
  'a life of %s seconds starts no storm of renewals',
  async (seconds) => {
    const { issuer, browser, login, call, run } = await bench();
    issuer.alter((answer, request) => {
      if (!isToken(request) || answer.status !== 200) return undefined;
      return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), expires_in: seconds }) };
    });
    await login();
    const client = await run();

    expect(await callOften(client)).toBe(20);
    expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
    expect(issuer.seen.refreshes().length).toBeLessThanOrEqual(2);
    expect(await browser.started()).toHaveLength(1);
  },
);

/** How many of twenty calls were answered. */
async function callOften(client: LineClient): Promise<number> {
  let answered = 0;
  for (let id = 1; id <= 20; id += 1) {
    client.send({ id, method: 'tools/call', params: { name: 'add', arguments: { a: 1, b: id } } });
    if (JSON.parse(await client.answer(id)).result) answered += 1;
  }
  return answered;
}
