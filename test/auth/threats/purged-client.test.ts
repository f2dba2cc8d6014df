import { expect, test } from 'vitest';
import { bench, failure, said, untilExpired } from './bench.ts';

test('a purged client is registered once more, not in a loop, and the next sign-in uses it', async () => {
  const { issuer, browser, login, call } = await bench({ issuer: { lifetime: 2 } });
  await login();
  issuer.purgeClients();
  await untilExpired();

  expect(failure(await call('whoami'))).toEqual({ status: 4, code: 'SIGN_IN_NEEDED' });
  expect(failure(await call('whoami'))).toEqual({ status: 4, code: 'SIGN_IN_NEEDED' });
  expect(issuer.seen.registrations()).toHaveLength(2);
  expect(await browser.started()).toHaveLength(1);

  expect((await login()).document).toMatchObject({ ok: true });
  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
  expect(issuer.seen.registrations()).toHaveLength(2);
});

test('a sign-in with a purged client can register anew', async () => {
  const { issuer, login, call } = await bench();
  await login();
  issuer.purgeClients();

  expect((await login('--reregister')).document).toMatchObject({ ok: true });
  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
  expect(issuer.seen.registrations()).toHaveLength(2);
});
