import { expect, test } from 'vitest';
import { createAuthFetch, isLoopback, reachOf } from '../../../src/auth/protocol/network.ts';
import { serveHttp } from '../../support/http-server.ts';
import { oddServer, send } from './odd-server.ts';

test.each([
  ['http://127.0.0.1:1/', true],
  ['http://127.9.9.9/', true],
  ['http://localhost:1/', true],
  ['http://LOCALHOST./', true],
  ['http://[::1]:1/', true],
  ['https://2130706433/', true],
  ['https://localhost.evil.example/', false],
  ['https://127.0.0.1.evil.example/', false],
  ['https://mcp.example/', false],
  ['https://10.0.0.1/', false],
])('tells whether %s is this machine', (url, here) => {
  expect(isLoopback(url)).toBe(here);
});

test('a server elsewhere opens its own host and no loopback', () => {
  expect(reachOf('https://mcp.corp/x')).toEqual({ allowLoopback: false, allowPrivate: ['mcp.corp'] });
  expect(reachOf('http://localhost/x')).toEqual({ allowLoopback: true, allowPrivate: [] });
});

test('opens no connection to this machine on behalf of a server elsewhere', async () => {
  const { port, connections } = await serveHttp((_, response) => response.end('{}'));
  const fetch = createAuthFetch({ env: {}, ...reachOf('https://mcp.example/') });

  for (const host of ['127.0.0.1', '127.1', '0x7f000001', '2130706433', '[::ffff:127.0.0.1]', 'localhost']) {
    const failure = fetch(`https://${host}:${port}/`);
    await expect(failure, host).rejects.toMatchObject({
      code: 'OAUTH_UNTRUSTED',
      data: { reason: 'ADDRESS_REFUSED' },
    });
  }
  expect(connections()).toBe(0);
});

test('follows no redirect', async () => {
  const target = await oddServer({});
  const { origin } = await oddServer({
    '/': (_: unknown, response: never) => send(response, 307, '', { location: `${target.origin}/x` }),
  });
  const fetch = createAuthFetch({ env: {}, allowLoopback: true });

  const response = await fetch(origin, { method: 'POST', body: 'secret' });

  expect(response.status).toBe(307);
  expect(target.asked).toEqual([]);
});

test.each([
  ['an hour ahead', 3_600_000, 1],
  ['an hour behind', -3_600_000, 1],
  ['half a minute ahead', 30_000, 0],
])('tells of a clock that is %s', async (_, offset, told) => {
  const now = Date.UTC(2026, 0, 1);
  const { origin } = await oddServer({
    '/': (_asked: unknown, response: never) =>
      send(response, 200, '{}', { date: new Date(now + offset).toUTCString() }),
  });
  const skews: [number, string][] = [];
  const onClockSkew = (milliseconds: number, host: string) => void skews.push([milliseconds, host]);

  await createAuthFetch({ env: {}, allowLoopback: true, now: () => now, onClockSkew })(origin);

  expect(skews).toEqual(told === 0 ? [] : [[offset, new URL(origin).host]]);
});
