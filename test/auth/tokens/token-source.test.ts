import { expect, test } from 'vitest';
import { refused, signedIn, unavailable } from './issuer-double.ts';
import { SERVER, source, unauthorized, until } from './sources.ts';
import { world } from './world.ts';

test('gives the stored token, to its own origin only', async () => {
  const here = await world();
  const tokens = source(here);

  expect(await tokens.headers(SERVER)).toEqual({ authorization: 'Bearer access-0' });
  expect(await tokens.headers(new URL('https://mcp.example/other'))).not.toEqual({});
  for (const other of [
    'https://mcp.example:8443/mcp',
    'https://evil.example/mcp',
    'http://mcp.example/mcp',
  ]) {
    expect(await tokens.headers(new URL(other))).toEqual({});
    expect(await tokens.satisfy({ ...unauthorized('access-0'), url: new URL(other) })).toBe(false);
  }
  expect(here.issuer.log).toEqual([]);
});

test('gives nothing over plain http, except to this machine', async () => {
  for (const [url, given] of [
    ['http://mcp.example/mcp', {}],
    ['http://127.0.0.1:9/mcp', { authorization: 'Bearer access-0' }],
  ] as const) {
    const here = await world({ url });
    expect(await source(here, { url }).headers(new URL(url))).toEqual(given);
  }
});

test('nobody signed in: no header, and the command to type', async () => {
  const here = await world({ profile: 'another' });
  const tokens = source(here);

  expect(await tokens.headers(SERVER)).toEqual({});
  await expect(tokens.satisfy(unauthorized())).rejects.toMatchObject({
    code: 'SIGN_IN_NEEDED',
    hint: 'mcpctl auth login example',
  });
});

test('finds a sign-in made elsewhere meanwhile', async () => {
  const here = await world();
  await here.credentials.remove(here.row);
  const tokens = source(here);
  expect(await tokens.headers(SERVER)).toEqual({});
  await here.credentials.save(signedIn(here.now().getTime()));

  expect(await tokens.satisfy(unauthorized())).toBe(true);
  expect(await tokens.headers(SERVER)).toEqual({ authorization: 'Bearer access-0' });
});

test('a refused token is renewed once, however many requests it was refused to', async () => {
  const here = await world();
  const tokens = source(here);
  await tokens.headers(SERVER);
  here.pass(5000);
  const all = await Promise.all([1, 2, 3].map(() => tokens.satisfy(unauthorized('access-0'))));

  expect(all).toEqual([true, true, true]);
  expect(await tokens.satisfy(unauthorized('access-0'))).toBe(true);
  expect(await tokens.headers(SERVER)).toEqual({ authorization: 'Bearer access-1' });
  expect(here.issuer.log).toHaveLength(1);
});

test('two processes renew once', async () => {
  const here = await world();
  const [one, other] = [source(here), source(here)];
  await Promise.all([one.headers(SERVER), other.headers(SERVER)]);
  here.pass(5000);
  await Promise.all([one, other].map((each) => each.satisfy(unauthorized('access-0'))));

  expect(await other.headers(SERVER)).toEqual(await one.headers(SERVER));
  expect(here.issuer.log).toHaveLength(1);
});

test('a token that is refused when it is brand new is not renewed again', async () => {
  const here = await world();
  const tokens = source(here);
  await tokens.headers(SERVER);
  here.pass(5000);
  await tokens.satisfy(unauthorized('access-0'));

  await expect(tokens.satisfy(unauthorized('access-1'))).rejects.toThrow(/has just given/);
  expect(here.issuer.log).toHaveLength(1);
});

test('renews in the background a minute before the end; the request does not wait', async () => {
  const here = await world();
  const tokens = source(here);
  await tokens.headers(SERVER);
  let answer = (): void => {};
  here.issuer.meanwhile = () =>
    new Promise<void>((resolve) => {
      answer = resolve;
    });
  here.pass(3_540_000);

  expect(await tokens.headers(SERVER)).toEqual({ authorization: 'Bearer access-0' });
  await until(() => here.issuer.log.length === 1);
  answer();
  await until(async () => (await tokens.headers(SERVER)).authorization === 'Bearer access-1');
  expect(here.issuer.log).toHaveLength(1);
});

test('renews what has expired before it is sent', async () => {
  const here = await world();
  here.pass(3_600_001);

  expect(await source(here).headers(SERVER)).toEqual({ authorization: 'Bearer access-1' });
});

test('wakes by itself when the time comes', async () => {
  const here = await world();
  here.issuer.lifetimeMs = 3_600_000;
  here.pass(3_599_900);
  const tokens = source(here);
  await tokens.headers(SERVER);

  await until(() => here.issuer.log.length === 1);
});

test.each([0, -5, undefined])('no storm when the server says that tokens live %s ms', async (life) => {
  const here = await world();
  here.issuer.lifetimeMs = life;
  const tokens = source(here);
  await tokens.headers(SERVER);
  here.pass(5000);
  await tokens.satisfy(unauthorized('access-0'));
  for (let count = 0; count < 50; count += 1) {
    here.pass(100);
    await tokens.headers(SERVER);
  }

  expect(here.issuer.log).toHaveLength(1);
});

test.each([-3_600_000, 3_600_000])('a clock that jumps by %s ms costs one renewal', async (jump) => {
  const here = await world();
  const tokens = source(here);
  await tokens.headers(SERVER);
  here.pass(jump);
  for (let count = 0; count < 20; count += 1) await tokens.headers(SERVER);

  expect(here.issuer.log.length).toBeLessThanOrEqual(1);
  expect(await tokens.headers(SERVER)).toEqual({ authorization: `Bearer ${here.issuer.current}` });
});

test('keeps a good token while the issuer is away, and asks it again only later', async () => {
  const here = await world();
  here.issuer.fail = unavailable(60_000);
  const tokens = source(here);
  await tokens.headers(SERVER);
  here.pass(3_570_000);
  for (let count = 0; count < 5; count += 1) {
    expect(await tokens.headers(SERVER)).toEqual({ authorization: 'Bearer access-0' });
  }
  await until(() => here.issuer.log.length === 1);
  here.pass(60_000);
  expect(await tokens.headers(SERVER)).toEqual({ authorization: 'Bearer access-0' });
  await expect(tokens.satisfy(unauthorized('access-0'))).rejects.toMatchObject({ code: 'OAUTH_UNAVAILABLE' });

  expect(here.issuer.log).toHaveLength(1);
  expect(await here.stored()).not.toHaveProperty('needsSignIn');
});

test('recovers unaided', async () => {
  const here = await world();
  here.issuer.fail = unavailable();
  const tokens = source(here);
  await tokens.headers(SERVER);
  here.pass(5000);
  await expect(tokens.satisfy(unauthorized('access-0'))).rejects.toMatchObject({ code: 'OAUTH_UNAVAILABLE' });
  here.issuer.fail = undefined;

  await until(() => tokens.satisfy(unauthorized('access-0')).catch(() => false));
  expect(await tokens.headers(SERVER)).toEqual({ authorization: 'Bearer access-1' });
});

test('a refused renewal uses the token up, then wants a sign-in, until there is a new one', async () => {
  const here = await world();
  here.issuer.fail = refused('invalid_grant');
  const tokens = source(here);
  await tokens.headers(SERVER);
  here.pass(3_590_000);
  await tokens.headers(SERVER);
  await until(async () => (await here.stored())?.needsSignIn !== undefined);
  expect(await tokens.headers(SERVER)).toEqual({ authorization: 'Bearer access-0' });
  here.pass(60_000);
  for (let count = 0; count < 3; count += 1) {
    await tokens.headers(SERVER);
    await expect(tokens.satisfy(unauthorized('access-0'))).rejects.toMatchObject({ code: 'SIGN_IN_NEEDED' });
  }
  expect(here.issuer.log).toHaveLength(1);
  const fresh = { access: 'fresh', receivedAt: here.now().getTime(), scopes: [] };
  await here.credentials.save({ ...signedIn(0), tokens: fresh });

  expect(await tokens.satisfy(unauthorized('access-0'))).toBe(true);
  expect(await tokens.headers(SERVER)).toEqual({ authorization: 'Bearer fresh' });
});

test('stops using tokens somebody signed out of', async () => {
  const here = await world();
  const tokens = source(here);
  await tokens.headers(SERVER);
  await here.credentials.remove(here.row);

  await expect(tokens.satisfy(unauthorized('access-0'))).rejects.toThrow(/Nobody is signed in/);
  expect(await tokens.headers(SERVER)).toEqual({});
});

test('tells every token, so that it can be kept out of logs', async () => {
  const here = await world();
  const known: string[] = [];
  const tokens = source(here, { known: (secrets) => void known.push(...secrets) });
  await tokens.headers(SERVER);
  here.pass(5000);
  await tokens.satisfy(unauthorized('access-0'));

  expect(known).toEqual(expect.arrayContaining(['access-0', 'refresh-0', 'access-1', 'refresh-1']));
});

test('waits at its end for a renewal, and saves what was not saved', async () => {
  const here = await world();
  const tokens = source(here);
  await tokens.headers(SERVER);
  here.pass(5000);
  here.issuer.meanwhile = async () => here.failWrites(5);
  const renewal = tokens.satisfy(unauthorized('access-0'));
  await until(() => here.critical.isBusy);
  await tokens.close();

  expect(await renewal).toBe(true);
  expect(await here.stored()).toMatchObject({ tokens: { access: 'access-1' } });
});

test('tells how long its tokens last, and whether they could be renewed', async () => {
  const here = await world();
  const told: [string, number | boolean | undefined][] = [];
  const tokens = source(here, {
    tokens: {
      held: (expiresAt) => void told.push(['held', expiresAt]),
      renewed: (isRenewed) => void told.push(['renewed', isRenewed]),
    },
  });
  const before = here.now().getTime();
  await tokens.headers(SERVER);
  here.pass(5000);
  await tokens.satisfy(unauthorized('access-0'));

  expect(told[0]?.[0]).toBe('held');
  expect(told[0]?.[1]).toBeGreaterThan(before);
  expect(told).toContainEqual(['renewed', true]);
  expect(told.at(-1)?.[0]).toBe('held');
  expect(told.at(-1)?.[1]).toBeGreaterThan(Number(told[0]?.[1]));
});

test('tells of a renewal that failed', async () => {
  const here = await world();
  const told: boolean[] = [];
  const tokens = source(here, { tokens: { held() {}, renewed: (isRenewed) => void told.push(isRenewed) } });
  await tokens.headers(SERVER);
  here.pass(5000);
  here.issuer.fail = refused('invalid_grant');

  await expect(tokens.satisfy(unauthorized('access-0'))).rejects.toThrow();
  expect(told).toEqual([false]);
});
