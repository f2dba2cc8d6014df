import { expect, onTestFinished, test } from 'vitest';
import { type FetchBrowserOptions, fetchBrowser } from '../../support/oauth/fetch-browser.ts';
import { startInternet } from '../../support/oauth/internet.ts';
import { VENDORS } from '../../support/oauth/vendor-rules.ts';
import { startVendor, type VendorStandIn } from '../../support/oauth/vendor-stand-in.ts';
import { type Account, accountWith, failure, said } from './bench.ts';

test('Linear: registers with scopes although metadata documents are advertised', async () => {
  const clientMetadataUrl = 'https://mcpctl.example/client.json';
  const { vendor, login, call } = await at('linear', { entry: { clientMetadataUrl, scopes: ['read'] } });
  await login();

  expect(await works(call)).toBe(true);
  expect(JSON.parse(to(vendor, '/register')[0]?.text ?? '').scope).toBe('read');
});

test('Notion: every renewal replaces the token, and none is lost', async () => {
  const { vendor, login, call } = await at('notion');
  await login();
  for (const _ of [1, 2, 3]) {
    await expire(vendor);
    expect(await works(call)).toBe(true);
  }
  expect(refreshes(vendor).map(({ answer }) => answer?.status)).toEqual([200, 200, 200]);
});

test('GitHub: needs an app of your own, and says where to create it', async () => {
  const { vendor, login, browser } = await at('github');
  const done = await login();

  expect(failure(done).code).toBe('OAUTH_CLIENT_NEEDED');
  expect(JSON.stringify(done.document.error) + done.stderr).toContain('github.com/settings');
  expect(vendor.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  expect(await browser.started()).toEqual([]);
});

test('GitHub: takes answers as forms and tokens that never end', async () => {
  const { vendor, login, call } = await at('github', { entry: GITHUB_APP, env: SECRET });

  expect((await login()).document).toMatchObject({ ok: true });
  expect(await works(call)).toBe(true);
  expect(refreshes(vendor)).toEqual([]);
  expect(to(vendor, '/login/oauth/token')[0]?.form.get('client_id')).toBe(VENDORS.github.client.id);
});

test('GitHub: an error with status 200 is an error', async () => {
  const entry = { ...GITHUB_APP, clientSecret: '${WRONG_SECRET}' };
  const { login } = await at('github', { entry, env: { WRONG_SECRET: 'not-of-the-app' } });

  expect(failure(await login()).code).toBe('OAUTH_REFUSED');
});

test('Supabase: a forgotten client ends in a page of theirs, and registering anew helps', async () => {
  const { vendor, login, call, browser } = await at('supabase');
  await login();
  vendor.purgeClients();
  const stuck = await login('--timeout', '3');

  expect(failure(stuck).code).toBe('SIGN_IN_TIMEOUT');
  expect(stuck.document.error?.hint).toContain('--reregister');
  expect((await browser.pages()).at(-1)).toMatchObject({ status: 422 });
  expect((await login('--reregister')).document).toMatchObject({ ok: true });
  expect(await works(call)).toBe(true);
});

test('Entra: refuses resource when renewing, and that is remembered', async () => {
  const { vendor, login, call } = await at('entra', {
    entry: { clientId: VENDORS.entra.client.id, callbackHost: 'localhost' },
  });
  expect((await login()).document).toMatchObject({ ok: true });
  for (const _ of [1, 2]) {
    await expire(vendor);
    expect(await works(call)).toBe(true);
  }
  expect(refreshes(vendor).filter(({ form }) => form.has('resource'))).toHaveLength(1);
});

test('Cloudflare: wants resource when renewing', async () => {
  const { vendor, login, call } = await at('cloudflare');
  await login();
  await expire(vendor);

  expect(await works(call)).toBe(true);
  expect(refreshes(vendor).map(({ form }) => form.get('resource'))).toEqual([vendor.server.url]);
});

const SECRET = { APP_SECRET: 'of-the-app' };

const GITHUB_APP = { clientId: VENDORS.github.client.id, clientSecret: '${APP_SECRET}' };

interface Options {
  readonly entry?: object;
  readonly env?: Record<string, string>;
  readonly browser?: FetchBrowserOptions;
}

async function at(name: keyof typeof VENDORS, { entry, env, browser: how }: Options = {}) {
  const vendor = await startVendor(name);
  onTestFinished(vendor.close);
  const isPublic = Object.keys(vendor.hosts).length > 0;
  const internet = isPublic ? await startInternet(vendor.hosts) : undefined;
  const browser = await fetchBrowser({ ...how, ...(internet && { internet }) });
  const account = await accountWith(
    { url: vendor.server.url, auth: 'oauth', ...entry },
    { ...internet?.env, ...env, BROWSER: browser.program },
    () => vendor.requests,
  );
  return { ...account, vendor, browser };
}

/** A token that is refused within its first second was never any good: mcpctl does not renew it. */
async function expire(vendor: VendorStandIn): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1100));
  vendor.expireTokens();
}

async function works(call: Account['call']): Promise<boolean> {
  return said(await call('add', 'a:=1', 'b:=2')) === '3';
}

function to({ requests }: VendorStandIn, path: string) {
  return requests.filter((request) => request.path === path);
}

function refreshes({ requests }: VendorStandIn) {
  return requests.filter(({ form }) => form.get('grant_type') === 'refresh_token');
}
