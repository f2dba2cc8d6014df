import { expect, onTestFinished, test } from 'vitest';
import { startAuthorizationServer } from '../../support/oauth/authorization-server.ts';
import { fetchBrowser } from '../../support/oauth/fetch-browser.ts';
import { type Internet, startInternet } from '../../support/oauth/internet.ts';
import { startProtectedServer } from '../../support/oauth/protected-server.ts';
import { accountWith, failure, said, untilExpired } from './bench.ts';

test('everything goes through the proxy and trusts the private authority', async () => {
  const { issuer, server, internet, login, call, logout } = await company();

  expect((await login()).document).toMatchObject({ ok: true });
  await untilExpired();
  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
  expect((await logout()).document).toMatchObject({ ok: true });

  expect(new Set(internet.asked)).toEqual(new Set(['mcp.example.com:443', 'login.example.com:443']));
  expect(server.tokens().length).toBeGreaterThan(0);
  const { registrations, exchanges, refreshes, revocations } = issuer.seen;
  for (const seen of [registrations(), exchanges(), refreshes(), revocations()]) expect(seen).not.toEqual([]);
});

test('an authority nobody trusts is named, and nothing is sent', async () => {
  const { issuer, login, browser } = await company(({ proxy }) => ({ HTTPS_PROXY: proxy }));
  const done = await login();

  expect(failure(done).code).toBe('TLS_UNTRUSTED');
  expect(done.document.error?.hint).toContain('NODE_EXTRA_CA_CERTS');
  expect(issuer.requests).toEqual([]);
  expect(await browser.started()).toEqual([]);
});

test('NO_PROXY keeps hosts away from the proxy', async () => {
  const { internet, login } = await company(({ env }) => ({ ...env, NO_PROXY: 'login.example.com' }));

  expect((await login()).document.ok).toBe(false);
  expect(new Set(internet.asked)).toEqual(new Set(['mcp.example.com:443']));
});

/** Hosts that exist only behind a company's proxy, with certificates of its own. */
async function company(envFor: (internet: Internet) => Record<string, string> = ({ env }) => ({ ...env })) {
  const issuer = await startAuthorizationServer({ origin: 'https://login.example.com', lifetime: 2 });
  onTestFinished(issuer.close);
  const server = await startProtectedServer({
    issuers: [issuer.issuer],
    verify: issuer.verify,
    publicOrigin: 'https://mcp.example.com',
  });
  onTestFinished(server.close);
  const internet = await startInternet({ 'mcp.example.com': server.port, 'login.example.com': issuer.port });
  const browser = await fetchBrowser({ internet });
  const env = { ...envFor(internet), BROWSER: browser.program };
  const account = await accountWith({ url: server.url, auth: 'oauth' }, env, () => issuer.requests);
  return { ...account, issuer, server, internet, browser };
}
