import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { fetchBrowser } from '../../support/oauth/fetch-browser.ts';
import { startInternet } from '../../support/oauth/internet.ts';
import type { VENDORS } from '../../support/oauth/vendor-rules.ts';
import { startVendor } from '../../support/oauth/vendor-stand-in.ts';
import { startSecretService } from '../../support/secret-service.ts';

/** A world in which that vendor's real addresses lead to its stand-in. */
async function worldOf(vendorName: keyof typeof VENDORS) {
  const vendor = await startVendor(vendorName);
  onTestFinished(vendor.close);
  const internet = await startInternet(vendor.hosts);
  const browser = await fetchBrowser({ internet });
  const service = await startSecretService();
  onTestFinished(service.stop);
  const home = await emptyHome({ ...service.env, ...internet.env, BROWSER: browser.program });
  return { ...home, vendor, browser };
}

test.each([
  ['linear', 'linear', ['--write']],
  ['notion', 'notion', []],
  ['supabase', 'supabase', []],
  ['cloudflare', 'cloudflare', []],
  ['atlassian', 'atlassian', ['--via', 'token', '--auth', 'oauth']],
] as const)('%s: add %s %j ends signed in, stays so, and goes', async (vendorName, slug, flags) => {
  const world = await worldOf(vendorName);
  const { status, document } = await mcpctlJson(['add', slug, '--yes', ...flags], world);

  expect({ status, added: document.data?.added }).toMatchObject({
    status: 0,
    added: [{ name: slug, signedIn: { issuer: world.vendor.issuer }, next: [] }],
  });
  world.vendor.expireTokens();
  expect((await mcpctlJson(['tools', slug], world)).status).toBe(0);
  expect((await mcpctlJson(['remove', slug, '--yes'], world)).status).toBe(0);
});

test.each([
  ['github', 'github', 'GITHUB_OAUTH'],
  ['slack', 'slack', 'SLACK'],
  ['asana', 'asana', 'ASANA'],
] as const)(
  '%s: an app of one’s own signs in, with the redirect its page tells',
  async (vendorName, slug, prefix) => {
    const world = await worldOf(vendorName);
    const client = world.vendor.rules.client;
    const secret = `${prefix}_CLIENT_SECRET`;
    expect(
      (await mcpctl(['secret', 'set', secret, '--stdin'], { ...world, input: client?.secret ?? '' })).status,
    ).toBe(0);
    const flags = ['--write', '--auth', 'oauth', '--set', `${prefix}_CLIENT_ID=${client?.id}`];

    const { status, document } = await mcpctlJson(['add', slug, '--yes', ...flags], world);
    expect({ status, added: document.data?.added }).toMatchObject({
      status: 0,
      added: [{ name: slug, signedIn: { issuer: world.vendor.issuer } }],
    });
    const manifest = await readFile(join(world.home, '.config/claude/claude_desktop_config.json'), 'utf8');
    expect(JSON.parse(manifest).mcpServers[slug]).toMatchObject({
      clientId: client?.id,
      clientSecret: `\${${secret}}`,
    });
    expect(manifest).not.toContain(client?.secret);
    expect(await readFile(new URL(`../../../docs/catalog/${slug}.md`, import.meta.url), 'utf8')).toContain(
      client?.redirectUri,
    );
  },
);

test('google: offline access is asked for, so that the sign-in can be renewed', async () => {
  const world = await worldOf('google');
  const { id, secret } = world.vendor.rules.client ?? {};
  const name = 'BIGQUERY_CLIENT_SECRET';
  await mcpctl(['secret', 'set', name, '--stdin'], { ...world, input: secret ?? '' });
  const manifest = join(world.home, '.config/claude/claude_desktop_config.json');
  const entry = {
    url: world.vendor.rules.home?.url,
    auth: 'oauth',
    clientId: id,
    clientSecret: `\${${name}}`,
  };
  await mkdir(dirname(manifest), { recursive: true });
  await writeFile(manifest, JSON.stringify({ mcpServers: { bigquery: entry } }));

  const { status, document } = await mcpctlJson(['auth', 'login', 'bigquery', '--yes'], world);
  expect({ status, data: document.data }).toMatchObject({ status: 0, data: { renews: true } });
});
