import { expect, test } from 'vitest';
import type { SignInPort } from '../../../src/auth/tokens/signing-in.ts';
import { refused, signedIn } from './issuer-double.ts';
import { insufficient, SERVER, source, unauthorized } from './sources.ts';
import { world } from './world.ts';

test('asks for a sign-in once, for all who wait and on all of this machine', async () => {
  const here = await world();
  await here.credentials.remove(here.row);
  let asked = 0;
  const signIn: SignInPort = async (challenge) => {
    asked += 1;
    expect(challenge).toEqual({ scope: 'read' });
    return await here.credentials.save(signedIn(here.now().getTime()));
  };
  const challenge = { ...unauthorized(), wwwAuthenticate: 'Bearer scope="read"' };
  const sources = [source(here, { signIn }), source(here, { signIn })];
  const all = [...sources, ...sources].map((each) => each.satisfy(challenge));

  expect(await Promise.all(all)).toEqual([true, true, true, true]);
  expect(asked).toBe(1);
});

test('does not ask again after a sign-in that came to nothing', async () => {
  const here = await world({ profile: 'another' });
  let asked = 0;
  const signIn: SignInPort = async () => {
    asked += 1;
    throw refused('access_denied');
  };
  const tokens = source(here, { signIn });
  await expect(tokens.satisfy(unauthorized())).rejects.toMatchObject({ code: 'OAUTH_REFUSED' });

  await expect(tokens.satisfy(unauthorized())).rejects.toMatchObject({ hint: 'mcpctl auth login example' });
  expect(asked).toBe(1);
});

test('asks again when a token that served is refused, and three times at most', async () => {
  const here = await world();
  await here.credentials.remove(here.row);
  let asked = 0;
  const signIn: SignInPort = async () => {
    asked += 1;
    const tokens = { access: `token-${asked}`, receivedAt: here.now().getTime(), scopes: ['read'] };
    return await here.credentials.save({ ...signedIn(0), tokens });
  };
  const tokens = source(here, { signIn });
  await tokens.satisfy(unauthorized());
  const untried = { code: 'SIGN_IN_NEEDED', hint: 'mcpctl auth login example' };
  await expect(tokens.satisfy(unauthorized('token-1'))).rejects.toMatchObject(untried);

  for (const refused of ['token-1', 'token-2']) {
    tokens.accepted?.();
    expect(await tokens.satisfy(unauthorized(refused))).toBe(true);
  }
  tokens.accepted?.();
  await expect(tokens.satisfy(unauthorized('token-3'))).rejects.toMatchObject(untried);
  expect(asked).toBe(3);
});

test('without anybody to ask, a step-up is the command to type', async () => {
  const here = await world();
  const tokens = source(here);
  await tokens.headers(SERVER);

  await expect(tokens.satisfy(insufficient('access-0', 'write admin'))).rejects.toMatchObject({
    code: 'SIGN_IN_NEEDED',
    hint: 'mcpctl auth login example --scope read,write,admin',
  });
});

test('asks for what is missing with what there was, once, and within the ceiling', async () => {
  const here = await world();
  const asked: unknown[] = [];
  let requested = ['read'];
  const signIn: SignInPort = async (challenge) => {
    asked.push(challenge);
    requested = [...requested, challenge.scope ?? ''];
    const scopes = requested;
    const tokens = { access: `with ${scopes}`, receivedAt: here.now().getTime(), scopes: [...scopes] };
    return await here.credentials.save({ ...signedIn(0), tokens, requestedScopes: [...scopes] });
  };
  const ceiling = async () => ['read', 'write', 'more', 'most'];
  const tokens = source(here, { signIn, ceiling });
  await tokens.headers(SERVER);

  expect(await tokens.satisfy(insufficient('access-0', 'write'))).toBe(true);
  expect(await tokens.headers(SERVER)).toEqual({ authorization: 'Bearer with read,write' });
  const again = tokens.satisfy(insufficient('with read,write', 'write'));
  await expect(again).rejects.toMatchObject({ code: 'SIGN_IN_NEEDED' });
  const outside = tokens.satisfy(insufficient('with read,write', 'admin'));
  await expect(outside).rejects.toMatchObject({ code: 'SCOPE_REFUSED' });
  expect(await tokens.satisfy(insufficient('with read,write', 'more'))).toBe(true);
  const third = tokens.satisfy(insufficient('with read,write,more', 'most'));
  await expect(third).rejects.toMatchObject({ code: 'SIGN_IN_NEEDED' });
  expect(asked).toEqual([
    { error: 'insufficient_scope', scope: 'write' },
    { error: 'insufficient_scope', scope: 'more' },
  ]);
});

test('says what remains to be said of a 403 and a 401', async () => {
  const tokens = source(await world());

  expect(await tokens.satisfy({ ...unauthorized('access-0'), status: 403 })).toBe(false);
  expect(tokens.refusal({ ...unauthorized(), status: 403 })).toMatchObject({
    hint: expect.stringContaining('mcpctl auth status example'),
  });
  expect(tokens.refusal(unauthorized())).toMatchObject({ hint: 'mcpctl auth login example' });
  expect(tokens.refusal(insufficient('x', 'write'))).toMatchObject({
    hint: 'mcpctl auth login example --scope write',
  });
});
