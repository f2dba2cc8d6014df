import { expect, test } from 'vitest';
import { bench, failure, said } from './bench.ts';

const RESOURCES: [string, (origin: string) => string][] = [
  ['its address', (origin) => `${origin}/mcp`],
  ['a bare origin', (origin) => origin],
  ['an origin with a slash', (origin) => `${origin}/`],
  ['a path with a slash', (origin) => `${origin}/mcp/`],
];

test.each(RESOURCES)('%s is sent as resource, byte for byte', async (_, resource) => {
  const { issuer, server, login, refresh, call } = await bench({ server: { resource } });
  await login();
  await refresh();

  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
  const wanted = [resource(server.origin)];
  expect(issuer.seen.authorizations()[0]?.query.getAll('resource')).toEqual(wanted);
  expect(issuer.seen.exchanges()[0]?.form.getAll('resource')).toEqual(wanted);
  expect(issuer.seen.refreshes()[0]?.form.getAll('resource')).toEqual(wanted);
});

test('metadata that speaks for another server is refused', async () => {
  const { issuer, server, login, browser } = await bench();
  for (const resource of ['https://bank.example/mcp', `${server.origin}/other`, `${server.origin}0/mcp`]) {
    server.describe({ resource });

    expect(failure(await login()), resource).toEqual({ status: 6, code: 'OAUTH_UNTRUSTED' });
  }
  expect(issuer.requests).toEqual([]);
  expect(await browser.started()).toEqual([]);
});
