import { expect, test } from 'vitest';
import type { TokenFailure } from '../../support/oauth/token-failures.ts';
import { bench, failure, said, untilExpired } from './bench.ts';

const FAILURES: TokenFailure[] = ['unavailable', 'throttled', 'internal-error', 'html', 'reset'];

test.each(FAILURES)('a token endpoint that fails (%s) costs neither the sign-in nor a click', async (how) => {
  const { issuer, browser, login, call } = await bench({ issuer: { lifetime: 2 } });
  await login();
  await untilExpired();
  issuer.fail(how);

  expect(failure(await call('whoami'))).toEqual({ status: 5, code: 'OAUTH_UNAVAILABLE' });

  issuer.fail(undefined);
  expect(JSON.parse(said(await call('whoami')))).toMatchObject({ subject: 'ada' });
  expect(await browser.started()).toHaveLength(1);
  expect(issuer.seen.invalidGrants()).toEqual([]);
});

test('a token endpoint that never answers is given up, and asked again later', async () => {
  const { issuer, browser, login, call } = await bench({ issuer: { lifetime: 2 } });
  await login();
  await untilExpired();
  issuer.fail('hang');

  expect(failure(await call('whoami'))).toEqual({ status: 5, code: 'OAUTH_UNAVAILABLE' });

  issuer.fail(undefined);
  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
  expect(await browser.started()).toHaveLength(1);
});

test('a running server recovers by itself and waits as long as it was asked to', async () => {
  const { issuer, browser, login, run } = await bench({ issuer: { lifetime: 2 } });
  await login();
  const client = await run();
  issuer.fail('unavailable');
  await untilExpired();
  let id = 0;
  const call = async (): Promise<boolean> => {
    id += 1;
    client.send({ id, method: 'tools/call', params: { name: 'add', arguments: { a: 1, b: id } } });
    return JSON.parse(await client.answer(id)).result !== undefined;
  };

  expect(await call()).toBe(false);
  issuer.fail(undefined);
  // Slower than the limit of calls, which counts those that fail too.
  while (!(await call())) await new Promise((resolve) => setTimeout(resolve, 700));

  const refreshes = issuer.seen.refreshes();
  const failed = refreshes.findIndex(({ answer }) => answer?.status === 503);
  const [failure, next] = refreshes.slice(failed);
  expect((next?.at ?? 0) - (failure?.at ?? 0)).toBeGreaterThanOrEqual(3000);
  expect(await browser.started()).toHaveLength(1);
  expect(await client.end()).toBe(0);
});
