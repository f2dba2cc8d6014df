import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { launchChromium, openPage, type PageLook } from '../../support/chromium.ts';
import { textBelowContrast } from '../../support/contrast.ts';
import { publishAt, send, serverDocument, startRegistry, type TestRegistry } from '../../support/registry.ts';

/** A browser is slow where many programs run. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let browser: Browser;
let registry: TestRegistry;
beforeAll(async () => {
  [browser, registry] = await Promise.all([launchChromium(), startRegistry()]);
  const token = await registry.token('weather-team', 'io.acme/*');
  const hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)>';
  const documents = [
    serverDocument('io.acme/weather', {
      title: 'Weather',
      description: 'Forecasts and warnings for any place, from the national service.',
      version: '1.4.0',
      repository: { url: 'https://git.example/acme/weather', source: 'git' },
      packages: [
        {
          registryType: 'npm',
          identifier: '@acme/a-package-with-a-rather-long-name-that-has-to-be-broken-somewhere',
          version: '1.4.0',
          transport: { type: 'stdio' },
          environmentVariables: [
            { name: 'WEATHER_API_KEY', description: 'Key of the service.', isRequired: true, isSecret: true },
            { name: 'UNITS', description: 'metric or imperial' },
          ],
        },
      ],
      _meta: {
        'io.modelcontextprotocol.registry/publisher-provided': {
          mcpctl: {
            commit: 'a'.repeat(40),
            tools: ['mcpctl 0.1.0', 'node 22.11.0'],
            tested: 'passed, 41 checks',
          },
        },
      },
    }),
    serverDocument('io.acme/old-weather', { title: 'Old weather' }),
    serverDocument('io.acme/hostile', {
      title: hostile,
      description: hostile,
      websiteUrl: 'https://a.example/?"><script>alert(3)</script>',
    }),
    ...Array.from({ length: 60 }, (_, index) => serverDocument(`io.acme/tool-${index + 10}`)),
  ];
  for (const document of documents) await publishAt(registry.url, token, document);
  await publishAt(
    registry.url,
    token,
    serverDocument('io.acme/weather', {
      title: 'Weather',
      description: documents[0]?.description,
      version: '1.5.0',
      packages: documents[0]?.packages,
    }),
  );
  await send('PATCH', `${registry.url}/v0.1/servers/io.acme%2Fold-weather/status`, {
    token,
    body: { status: 'deprecated', statusMessage: 'It is slow.', replacement: 'io.acme/weather' },
  });
  await send('PUT', `${registry.url}/v0.1/x/mcpctl/servers/io.acme%2Fweather/rating`, {
    token,
    body: { stars: 4 },
  });
});
afterAll(async () => {
  await browser.close();
  await registry.clear();
});

const open = (path: string, look?: PageLook) => openPage(browser, `${registry.url}${path}`, look);

test('lists servers, searches them, and leads to one', async () => {
  const { page, complaints, asked } = await open('/');
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('63 servers');
  await page.getByRole('searchbox', { name: 'Search servers' }).fill('warnings place');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('heading', { name: '1 server for “warnings place”' }).waitFor();
  await page.getByRole('link', { name: 'Weather' }).click();
  await page.getByRole('heading', { level: 1, name: 'Weather' }).waitFor();

  expect(await page.getByText('mcpctl add io.acme/weather').isVisible()).toBe(true);
  expect(await page.getByRole('listitem').filter({ hasText: '1.5.0' }).textContent()).toContain('latest');
  expect(await page.getByText('weather-team').first().isVisible()).toBe(true);
  expect(complaints).toEqual([]);
  expect(new Set(asked.map((url) => new URL(url).origin))).toEqual(new Set([registry.url]));
});

test('goes from page to page', async () => {
  const { page } = await open('/');
  await page.getByRole('link', { name: 'Next' }).click();
  await page.getByText('Page 2 of 2').waitFor();
  expect(await page.getByRole('link', { name: 'Next' }).count()).toBe(0);
});

test('says that a server is deprecated, and leads to what replaces it', async () => {
  const { page } = await open('/servers/io.acme/old-weather');
  const note = page.getByRole('note');
  expect(await note.textContent()).toContain('is deprecated. It is slow.');
  await note.getByRole('link', { name: 'io.acme/weather' }).click();
  await page.getByRole('heading', { level: 1, name: 'Weather' }).waitFor();
});

test('shows who made a version of what, and what it needs', async () => {
  const { page } = await open('/servers/io.acme/weather?version=1.4.0');
  for (const text of ['a'.repeat(40), 'passed, 41 checks', 'WEATHER_API_KEY', 'Key of the service.']) {
    expect(await page.getByText(text).first().isVisible(), text).toBe(true);
  }
});

test('shows what a publisher wrote as text, never as part of the page', async () => {
  for (const path of ['/?q=hostile', '/servers/io.acme/hostile']) {
    const { page, complaints } = await open(path);
    expect(await page.getByText('<script>alert(1)</script>').first().isVisible()).toBe(true);
    expect(await page.locator('script, img').count()).toBe(0);
    expect(complaints).toEqual([]);
  }
});

test('forbids everything but its own style and icon', async () => {
  const answer = await fetch(`${registry.url}/`);
  expect(answer.headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  expect((await fetch(`${registry.url}/servers/io.acme/nothing`)).status).toBe(404);
  expect((await fetch(`${registry.url}/`, { method: 'POST' })).status).toBe(405);
});

test.each(['light', 'dark'] as const)('can be read in %s, also on a phone', async (colorScheme) => {
  for (const path of [
    '/?q=weather',
    '/servers/io.acme/weather?version=1.4.0',
    '/servers/io.acme/old-weather',
    '/?q=nothing-fits',
  ]) {
    for (const width of [1280, 400]) {
      const { page } = await open(path, { width, colorScheme });
      const fits = await page.evaluate('document.documentElement.scrollWidth <= innerWidth');
      expect(fits, `${path} at ${width}`).toBe(true);
      expect(await textBelowContrast(page, 4.5), `${path} at ${width}`).toEqual([]);
    }
  }
});

test('can be used by the keyboard: what has the focus is seen, and content comes first', async () => {
  const { page } = await open('/');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
  await page.keyboard.press('Enter');
  expect(page.url()).toMatch(/#main$/);
});
