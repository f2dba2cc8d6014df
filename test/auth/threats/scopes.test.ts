import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { bench, failure, said } from './bench.ts';

const scopesAsked = (request: { query: URLSearchParams } | undefined): string[] =>
  (request?.query.get('scope') ?? '').split(' ').filter((scope) => scope !== 'offline_access');

test('the scopes of the manifest are a ceiling', async () => {
  const { issuer, login, call } = await bench({
    server: { scopesSupported: ['read', 'write', 'admin'] },
    entry: { scopes: ['read'] },
  });
  await login();

  expect(scopesAsked(issuer.seen.authorizations()[0])).toEqual(['read']);
  expect(failure(await call('admin_thing'))).toEqual({ status: 6, code: 'SCOPE_REFUSED' });
  expect(failure(await login('--scope', 'admin'))).toEqual({ status: 6, code: 'SCOPE_REFUSED' });
  expect(issuer.seen.authorizations()).toHaveLength(1);
});

test('the scopes of the challenge are asked for, not all there are', async () => {
  const { issuer, login } = await bench({
    server: { scopesSupported: ['read', 'write', 'admin'], challengeScope: 'read' },
  });
  await login();

  expect(scopesAsked(issuer.seen.authorizations()[0])).toEqual(['read']);
});

test('a call that wants more says how to allow it, and opens nothing', async () => {
  const { issuer, browser, login, call } = await bench({ server: { challengeScope: 'read' } });
  await login();
  const refused = await call('admin_thing');

  expect(failure(refused)).toEqual({ status: 4, code: 'SIGN_IN_NEEDED' });
  expect(refused.document.error?.hint).toContain('mcpctl auth login subject --scope');
  expect(await browser.started()).toHaveLength(1);

  expect((await login('--scope', 'read,admin')).document).toMatchObject({ ok: true });
  expect(new Set(scopesAsked(issuer.seen.authorizations().at(-1)))).toEqual(new Set(['read', 'admin']));
  expect(said(await call('admin_thing'))).toBe('done');
});

test('run --sign-in steps up once and keeps what was granted before', async () => {
  const { issuer, login, run } = await bench({ server: { challengeScope: 'read' } });
  await login();
  const client = await run('--sign-in');
  client.send({ id: 1, method: 'tools/call', params: { name: 'admin_thing', arguments: {} } });

  expect(JSON.parse(await client.answer(1)).result.content[0].text).toBe('done');
  expect(new Set(scopesAsked(issuer.seen.authorizations()[1]))).toEqual(new Set(['read', 'admin']));
  expect(await client.end()).toBe(0);
});

test('a server that is never content is not asked for ever', async () => {
  const { issuer, login, run } = await bench({ server: { challengeScope: 'read', neverEnough: true } });
  await login();
  const client = await run('--sign-in');
  for (const id of [1, 2, 3]) {
    client.send({ id, method: 'tools/call', params: { name: 'admin_thing', arguments: {} } });
    expect(JSON.parse(await client.answer(id)).error).toBeDefined();
  }

  expect(issuer.seen.authorizations().length).toBeLessThanOrEqual(2);
  await client.end();
});

test('more than was asked for is reported', async () => {
  const { issuer, login, status } = await bench({ server: { challengeScope: 'read' } });
  issuer.alter((answer, { path }) =>
    path.endsWith('/token')
      ? { ...answer, body: answer.body.replace('"scope":"read"', '"scope":"read admin"') }
      : undefined,
  );
  const { stderr } = await login();

  expect(stderr).toMatch(/admin/);
  expect(JSON.stringify((await status()).document.data)).toContain('admin');
});

test('the name of a scope smuggles no command into the line to copy', async () => {
  const { login, call } = await bench({ server: { toolScopes: { admin_thing: "x;id `id` $(id) 'q'" } } });
  await login();
  const { document } = await call('admin_thing');
  const printed = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${document.error?.hint}`], {
    encoding: 'utf8',
  });

  expect(printed).toBe("mcpctl\nauth\nlogin\nsubject\n--scope\nread,write,x;id,`id`,$(id),'q'\n");
});
