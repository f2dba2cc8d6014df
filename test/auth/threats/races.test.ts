import { expect, test, vi } from 'vitest';
import { isToken } from '../../support/oauth/token-failures.ts';
import { bench, failure, said, untilExpired } from './bench.ts';

test('a sign-out while a renewal is under way ends what the renewal brings', async () => {
  const { issuer, login, logout, run, call, status } = await bench({ issuer: { lifetime: 2 } });
  await login();
  const client = await run();
  const slow = slowTokens(issuer);
  await untilExpired();
  client.send({ id: 1, method: 'tools/call', params: { name: 'whoami', arguments: {} } });
  await vi.waitFor(() => expect(slow.waiting).toBe(1), 60_000);
  const done = logout();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  slow.release();

  expect((await done).document).toMatchObject({ ok: true });
  await client.answer(1);
  expect(failure(await status()).status).toBe(4);
  expect(failure(await call('whoami'))).toEqual({ status: 4, code: 'SIGN_IN_NEEDED' });
  const newest = JSON.parse(issuer.seen.refreshes().at(-1)?.answer?.body ?? '{}').refresh_token;
  expect(issuer.seen.revocations().map(({ form }) => form.get('token'))).toContain(newest);
});

test('a new sign-in while a renewal is under way is the one that stays', async () => {
  const { issuer, login, refresh, call } = await bench();
  await login();
  const slow = slowTokens(issuer);
  const renewal = refresh();
  await vi.waitFor(() => expect(slow.waiting).toBe(1), 60_000);
  const again = login();
  await vi.waitFor(() => expect(issuer.seen.exchanges()).toHaveLength(2), 60_000);
  slow.release();

  expect((await renewal).document).toMatchObject({ ok: true });
  expect((await again).document).toMatchObject({ ok: true });
  expect((await refresh()).document).toMatchObject({ ok: true });
  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
  expect(issuer.seen.invalidGrants()).toEqual([]);
});

/** Holds back what renewals are answered until it is released. */
function slowTokens(issuer: Awaited<ReturnType<typeof bench>>['issuer']) {
  const held: (() => void)[] = [];
  let isReleased = false;
  issuer.intercept((request, response) => {
    if (isReleased || !isToken(request) || request.form.get('grant_type') !== 'refresh_token') return false;
    const end = response.end.bind(response);
    response.end = ((chunk: string) => {
      held.push(() => end(chunk));
      return response;
    }) as typeof response.end;
    return false;
  });
  return {
    get waiting() {
      return held.length;
    },
    release() {
      isReleased = true;
      for (const send of held) send();
    },
  };
}
