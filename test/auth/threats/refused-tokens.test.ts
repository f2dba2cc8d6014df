import { expect, test } from 'vitest';
import { bench, failure } from './bench.ts';

test('a server that refuses every token starts no loop', async () => {
  const { issuer, server, browser, login, call } = await bench();
  await login();
  server.refuse(() => true);

  expect(failure(await call('whoami'))).toEqual({ status: 4, code: 'SIGN_IN_NEEDED' });
  expect(issuer.seen.refreshes().length).toBeLessThanOrEqual(1);
  expect(await browser.started()).toHaveLength(1);
});

test('run --sign-in asks again once, not with every call', async () => {
  const { issuer, server, browser, login, run } = await bench();
  await login();
  const client = await run('--sign-in');
  server.refuse(() => true);
  for (const id of [1, 2, 3, 4]) {
    client.send({ id, method: 'tools/call', params: { name: 'whoami', arguments: {} } });
    expect(JSON.parse(await client.answer(id)).error.data.code).toBe('SIGN_IN_NEEDED');
  }

  expect((await browser.started()).length).toBeLessThanOrEqual(2);
  expect(issuer.seen.refreshes().length).toBeLessThanOrEqual(2);
});

test('run without --sign-in never opens a browser', async () => {
  const { browser, run, server } = await bench();
  server.refuse(() => true);
  await run().catch(() => undefined);

  expect(await browser.started()).toEqual([]);
});

test('a token is sent to its server alone, and never in an address', async () => {
  const { issuer, server, login, call } = await bench();
  await login();
  await call('whoami');

  expect(server.tokens().length).toBeGreaterThan(0);
  expect(server.requests.filter(({ query }) => query.toString() !== '')).toEqual([]);
  expect(issuer.requests.filter(({ headers }) => /^Bearer/.test(headers.authorization ?? ''))).toEqual([]);
});
