import { expect, test } from 'vitest';
import { type Renewal, renew } from '../../../src/auth/tokens/renew.ts';
import { refused, signedIn, unavailable } from './issuer-double.ts';
import { type World, world } from './world.ts';

const request = ({ row }: World, changes: Partial<Renewal> = {}): Renewal => ({
  row,
  server: 'example',
  known: 'access-0',
  ...changes,
});

test('renews under the lock, marks it before the request and saves the answer', async () => {
  const here = await world();
  let during: unknown;
  here.issuer.meanwhile = async () => {
    during = await here.stored();
  };
  const { credential, isNew } = await renew(request(here), here);

  expect(isNew).toBe(true);
  expect(during).toMatchObject({ generation: 2, refreshing: { startedAt: here.now().getTime() } });
  expect(credential).toMatchObject({ generation: 3, tokens: { access: 'access-1', refresh: 'refresh-1' } });
  expect(credential).not.toHaveProperty('refreshing');
  expect(await here.stored()).toEqual(credential);
});

test('takes over what another one renewed, also when both come at once', async () => {
  const here = await world();
  const both = await Promise.all([renew(request(here), here), renew(request(here), here)]);

  expect(both.map(({ credential }) => credential.tokens?.access)).toEqual(['access-1', 'access-1']);
  expect(both.map(({ isNew }) => isNew).toSorted()).toEqual([false, true]);
  expect(here.issuer.log).toEqual(['refresh refresh-0 as client-1']);
});

test('renews what another one renewed long ago', async () => {
  const here = await world();
  await renew(request(here), here);
  here.pass(3_550_000);

  expect((await renew(request(here), here)).credential.tokens?.access).toBe('access-2');
});

test('renews good tokens only when told to', async () => {
  const here = await world();
  expect((await renew(request(here, { known: undefined }), here)).isNew).toBe(false);
  expect((await renew(request(here, { known: undefined, force: true }), here)).isNew).toBe(true);
});

test.each([
  ['the server does not answer', unavailable()],
  ['the server answers nonsense', new TypeError('nonsense')],
])('keeps the tokens when %s', async (_, failure) => {
  const here = await world();
  here.issuer.fail = failure as never;
  await expect(renew(request(here), here)).rejects.toBe(failure);

  expect(await here.stored()).toMatchObject({ tokens: { refresh: 'refresh-0' } });
  expect(await here.stored()).not.toHaveProperty('needsSignIn');
  here.issuer.fail = undefined;
  expect((await renew(request(here), here)).credential.tokens?.access).toBe('access-1');
});

test('a refusal marks the record, keeps it, and is not tried again', async () => {
  const here = await world();
  here.issuer.fail = refused('invalid_grant');
  const failure = { code: 'SIGN_IN_NEEDED', hint: 'mcpctl auth login example' };
  await expect(renew(request(here), here)).rejects.toMatchObject(failure);

  expect(await here.stored()).toMatchObject({
    tokens: { access: 'access-0', refresh: 'refresh-0' },
    needsSignIn: { reason: 'https://issuer.example refuses to renew the sign-in (invalid_grant).' },
  });
  await expect(renew(request(here), here)).rejects.toMatchObject(failure);
  expect(here.issuer.log).toHaveLength(1);
  here.issuer.fail = undefined;
  const forced = await renew(request(here, { force: true }), here);
  expect(forced.credential).not.toHaveProperty('needsSignIn');
});

test('a refusal leaves alone what somebody saved meanwhile', async () => {
  const here = await world();
  const tokens = { access: 'other', refresh: 'other', receivedAt: here.now().getTime(), scopes: [] };
  here.issuer.meanwhile = async () => {
    await here.credentials.save({ ...signedIn(0), generation: 2, tokens });
  };
  here.issuer.fail = refused('invalid_grant');
  const { credential } = await renew(request(here), here);

  expect(credential.tokens).toEqual(tokens);
  expect(await here.stored()).toEqual(credential);
});

test('says that a renewal was interrupted when the old token is worth nothing', async () => {
  const here = await world({ refreshing: { startedAt: 1 } });
  here.issuer.fail = refused('invalid_grant');

  await expect(renew(request(here), here)).rejects.toThrow(/A renewal was interrupted/);
});

test('an interrupted renewal goes on where the server still takes the old token', async () => {
  const here = await world({ refreshing: { startedAt: 1 } });
  const { credential } = await renew(request(here), here);

  expect(credential.tokens?.access).toBe('access-1');
  expect(credential).not.toHaveProperty('refreshing');
});

test('registers once when the server forgot the client, for the next sign-in to use', async () => {
  const here = await world();
  here.issuer.knows = (client) => client !== 'client-1';
  here.issuer.meanwhile = async () => {
    // The tokens belong to the client that is gone.
    if (here.issuer.log.at(-1)?.endsWith('client-2')) here.issuer.fail = refused('invalid_grant');
  };
  await expect(renew(request(here), here)).rejects.toThrow(/has forgotten the client/);
  await expect(renew(request(here), here)).rejects.toThrow(/has forgotten the client/);

  expect(here.issuer.log.filter((line) => line === 'register')).toHaveLength(1);
  expect(await here.stored()).toMatchObject({
    client: { id: 'client-2' },
    tokens: { refresh: 'refresh-0' },
    needsSignIn: {},
  });
});

test('goes on with a new client where the server allows it', async () => {
  const here = await world();
  here.issuer.knows = (client) => client !== 'client-1';

  expect((await renew(request(here), here)).credential).toMatchObject({
    client: { id: 'client-2' },
    tokens: { access: 'access-1' },
  });
});

test('a client that was not registered by us is not replaced', async () => {
  const here = await world({ client: { kind: 'pre-registered', id: 'mine', authMethod: 'none' } });
  here.issuer.knows = () => false;
  await expect(renew(request(here), here)).rejects.toMatchObject({ code: 'SIGN_IN_NEEDED' });

  expect(here.issuer.log).toEqual(['refresh refresh-0 as mine']);
});

test('a client for machines gets its tokens anew', async () => {
  const here = await world({ grant: 'client-credentials' });

  expect((await renew(request(here), here)).credential.tokens?.access).toBe('access-1');
  expect(here.issuer.log).toEqual(['client credentials']);
});

test('tokens that cannot be renewed need a sign-in', async () => {
  const here = await world({ tokens: { access: 'access-0', receivedAt: 0, scopes: [] } });

  await expect(renew(request(here), here)).rejects.toThrow(/gave nothing to renew it with/);
});

test('nothing is asked where somebody signed out', async () => {
  const here = await world();
  await here.credentials.remove(here.row);

  await expect(renew(request(here), here)).rejects.toMatchObject({ code: 'SIGN_IN_NEEDED' });
  expect(here.issuer.log).toEqual([]);
});

test('nothing is asked when the store cannot take the answer', async () => {
  const here = await world();
  here.failWrites(1);

  await expect(renew(request(here), here)).rejects.toThrow('The store takes nothing.');
  expect(here.issuer.log).toEqual([]);
});

test('saves again and again what the server has replaced', async () => {
  const here = await world();
  here.issuer.meanwhile = async () => here.failWrites(4);
  const { isSaved } = await renew(request(here), here);

  expect(isSaved).toBe(true);
  expect(await here.stored()).toMatchObject({ tokens: { refresh: 'refresh-1' } });
  expect(here.notes).toEqual([]);
});

test('keeps in memory what no store takes, and saves it the next time', async () => {
  const here = await world();
  here.issuer.meanwhile = async () => here.failWrites(6);
  const { isSaved, credential: unsaved } = await renew(request(here), here);
  expect(isSaved).toBe(false);
  expect(here.notes[0]).toMatch(/could not be saved/);
  expect(await here.stored()).toMatchObject({ tokens: { refresh: 'refresh-0' } });

  const still = await renew(request(here, { known: undefined, unsaved }), here);
  expect(still).toMatchObject({ isNew: false, isSaved: false });
  const later = await renew(request(here, { known: undefined, unsaved }), here);
  expect(later).toMatchObject({ isNew: false, isSaved: true });
  expect(await here.stored()).toMatchObject({ tokens: { refresh: 'refresh-1' } });
  expect(here.issuer.log).toHaveLength(1);
});

test('does not begin once it is told to end, and is not cut off once it began', async () => {
  const here = await world();
  const controller = new AbortController();
  controller.abort();
  const { signal } = controller;
  await expect(renew(request(here, { signal }), here)).rejects.toMatchObject({ code: 'CANCELLED' });

  const late = new AbortController();
  here.issuer.meanwhile = async () => {
    expect(here.critical.isBusy).toBe(true);
    late.abort();
  };
  expect((await renew(request(here, { signal: late.signal }), here)).isSaved).toBe(true);
  expect(here.critical.isBusy).toBe(false);
});
