import { expect, test } from 'vitest';
import { isToken, MANGLED_ANSWERS } from '../../support/oauth/token-failures.ts';
import { bench, failure, said } from './bench.ts';

/** A server that says nothing of a new refresh token means the old one. */
const KEEPS_THE_OLD = ['a null refresh token', 'an empty refresh token'];

test.each(Object.keys(MANGLED_ANSWERS))('%s in token answers loses no token', async (name) => {
  const keepsOld = KEEPS_THE_OLD.includes(name);
  const { issuer, browser, login, refresh, call } = await bench({ issuer: { rotation: !keepsOld } });
  issuer.alter((answer, request) => {
    const isFirst = request.form.get('grant_type') === 'authorization_code';
    if (!isToken(request) || answer.status !== 200 || (keepsOld && isFirst)) return undefined;
    MANGLED_ANSWERS[name]?.(answer);
    return answer;
  });
  for (const step of [login, refresh, refresh]) {
    expect((await step()).document).toMatchObject({ ok: true });
  }

  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
  expect(issuer.seen.refreshes()).toHaveLength(2);
  expect(issuer.seen.invalidGrants()).toEqual([]);
  expect(await browser.started()).toHaveLength(1);
});

test.each(['abc\r\nX-Evil: 1', 'töken', 'two words', ''])('%j is no token', async (access_token) => {
  const { issuer, server, login, call } = await bench();
  issuer.alter((answer, request) => {
    if (!isToken(request) || answer.status !== 200) return undefined;
    return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), access_token }) };
  });

  expect(failure(await login())).toEqual({ status: 5, code: 'OAUTH_UNAVAILABLE' });
  expect(failure(await call('whoami'))).toEqual({ status: 4, code: 'SIGN_IN_NEEDED' });
  expect(server.tokens()).toEqual([]);
});
