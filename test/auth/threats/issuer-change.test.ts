import { expect, onTestFinished, test } from 'vitest';
import { startAuthorizationServer } from '../../support/oauth/authorization-server.ts';
import { secretsIn } from '../../support/oauth/secrets.ts';
import { bench, failure, said, untilExpired } from './bench.ts';

test('a server that moves to another issuer gets nothing of the first one there', async () => {
  const { issuer, server, login, call } = await bench({ issuer: { lifetime: 2 } });
  const other = await startAuthorizationServer();
  onTestFinished(other.close);
  await login();
  server.describe({ authorization_servers: [other.issuer] });
  await untilExpired();

  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
  expect(other.requests).toEqual([]);

  const refused = await login();
  expect(failure(refused)).toEqual({ status: 6, code: 'OAUTH_UNTRUSTED' });
  expect(refused.document.error?.message).toContain(other.issuer);
  expect(other.seen.registrations()).toEqual([]);
  expect(other.seen.authorizations()).toEqual([]);

  const client = issuer.seen.authorizations()[0]?.query.get('client_id') ?? '';
  const secrets = [client, ...secretsIn(issuer.requests)];
  expect(secrets.length).toBeGreaterThan(4);
  for (const { text, path, query, headers } of other.requests) {
    const sent = `${text} ${path} ${query} ${JSON.stringify(headers)}`;
    for (const secret of secrets) expect(sent).not.toContain(secret);
  }
});

test('a move the user agreed to begins from nothing', async () => {
  const { issuer, server, login, logout } = await bench();
  const other = await startAuthorizationServer();
  onTestFinished(other.close);
  await login();
  await logout();
  server.describe({ authorization_servers: [other.issuer] });

  expect((await login()).document).toMatchObject({ ok: true });
  expect(other.seen.registrations()).toHaveLength(1);
  const [mine] = issuer.seen.authorizations();
  const [theirs] = other.seen.authorizations();
  expect(theirs?.query.get('client_id')).not.toBe(mine?.query.get('client_id'));
});
