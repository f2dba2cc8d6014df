import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { browse } from '../../fixtures/oauth/fetch-browser.mjs';
import { bench, failure, said } from './bench.ts';

test('a callback port in use is named before anything is registered', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  onTestFinished(() => void squatter.close());
  const { port: callbackPort } = squatter.address() as AddressInfo;
  const { issuer, browser, login } = await bench({ entry: { callbackPort } });
  const done = await login();

  expect(failure(done).code).toBe('CALLBACK_PORT_BUSY');
  expect(done.document.error?.message).toContain(String(callbackPort));
  expect(issuer.seen.registrations()).toEqual([]);
  expect(await browser.started()).toEqual([]);
});

test('only the one genuine redirect counts, whatever else arrives', async () => {
  const { issuer, browser, login, call } = await bench({ browser: { does: 'nothing' } });
  const done = login();
  const address = await vi.waitFor(async () => {
    const [started] = await browser.started();
    expect(started).toBeDefined();
    return new URL(started?.at(-1) ?? '');
  }, 60_000);
  const redirect = new URL(address.searchParams.get('redirect_uri') ?? '');
  const state = address.searchParams.get('state') ?? '';
  const genuine = `${redirect.pathname}?code=stolen&state=${encodeURIComponent(state)}`;
  const attempts: Attempt[] = [
    { path: '/favicon.ico' },
    { method: 'HEAD', path: genuine },
    { method: 'OPTIONS', path: genuine },
    { method: 'POST', path: genuine },
    { path: genuine, headers: { 'sec-purpose': 'prefetch' } },
    { path: genuine.replace(redirect.pathname, '/elsewhere') },
    { path: genuine, headers: { host: 'evil.example' } },
    { path: `${redirect.pathname}?code=stolen&state=wrong` },
    { path: `${redirect.pathname}?code=stolen` },
    { path: `${redirect.pathname}?error=access_denied&error_description=EVIL&state=wrong` },
  ];
  for (const attempt of attempts) expect(await send(redirect, attempt)).toBeGreaterThanOrEqual(400);
  expect(issuer.seen.exchanges()).toEqual([]);

  const last = await browse(address, { stopAt: redirect.href });
  const [first, second] = await Promise.all([fetch(last.url), fetch(last.url)]);

  const { document, stdout, stderr } = await done;
  expect(document).toMatchObject({ ok: true });
  expect(stdout + stderr).not.toContain('EVIL');
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(issuer.seen.exchanges()).toHaveLength(1);
  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
});

test('a redirect to localhost is found by either family', async () => {
  const { login, call, browser } = await bench({ entry: { callbackHost: 'localhost' } });

  expect((await login()).document).toMatchObject({ ok: true });
  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
  expect((await browser.pages())[0]?.url).toMatch(/^http:\/\/localhost:\d+\/callback\?/);
});

interface Attempt {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
}

async function send({ hostname: host, port }: URL, attempt: Attempt): Promise<number> {
  const asked = request({ host, port, ...attempt }).end();
  const [response] = await once(asked, 'response');
  response.resume();
  return response.statusCode;
}
