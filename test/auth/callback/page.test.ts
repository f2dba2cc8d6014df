import type { Browser, Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { listenForCallback } from '../../../src/auth/callback/listen.ts';
import { outcomePage, type SignInOutcome } from '../../../src/auth/callback/page.ts';
import { startChromium } from '../../support/chromium.ts';
import { textBelowContrast } from '../../support/contrast.ts';

const SUCCESS: SignInOutcome = { ok: true, server: 'linear' };
const FAILURE: SignInOutcome = {
  ok: false,
  server: 'atlassian',
  code: 'OAUTH_REFUSED',
  message: 'Your organisation does not allow this sign-in (access_denied).',
  next: 'mcpctl auth login atlassian --scopes read:jira-work',
};
const HOSTILE: SignInOutcome = {
  ok: false,
  server: '<img src=x onerror="document.title=1">',
  code: '"><script>document.title=1</script>',
  message: `</p><style>*{display:none}</style>\u202Egnp.exe ${'x'.repeat(5_000)}`,
  next: '</code></pre><a href="https://evil.example/">here</a>',
};

interface Seen {
  readonly page: Page;
  /** What the browser complained about, e.g. a style its policy forbids. */
  readonly complaints: string[];
  /** Paths it asked for. */
  readonly asked: string[];
}

/** Comes back from a sign-in with a real browser, and gets the outcome from a real listener. */
async function comeBack(
  browser: Browser,
  outcome: SignInOutcome,
  look: { colorScheme?: 'light' | 'dark'; width?: number; host?: 'localhost' } = {},
): Promise<Seen> {
  const { colorScheme = 'light', width = 1_000, host = '127.0.0.1' } = look;
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 700 } });
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const server = await listenForCallback({ host, path: '/callback' });
  onTestFinished(() => server.close());
  const arrived = server.arrived('the-state', new AbortController().signal);
  const shown = page.goto(`${server.redirectUri}?code=canary-code&state=the-state`);
  await arrived;
  server.answer(outcome);
  await shown;
  return { page, complaints, asked };
}

test('a success names the server and says that the tab can be closed', async () => {
  const browser = await startChromium();

  const { page, complaints, asked } = await comeBack(browser, SUCCESS);

  expect(await page.title()).toBe('Signed in to linear · mcpctl');
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Signed in to linear');
  expect(await page.getByRole('main').innerText()).toContain('You can close this tab.');
  expect(complaints).toEqual([]);
  expect(asked.filter((path) => path !== '/favicon.ico')).toEqual(['/callback']);
});

test('a failure says what happened, its code, and the command to type', async () => {
  const browser = await startChromium();

  const { page, complaints } = await comeBack(browser, FAILURE);

  const text = await page.getByRole('main').innerText();
  expect(text).toContain('Not signed in to atlassian');
  expect(text).toContain('Your organisation does not allow this sign-in (access_denied).');
  expect(text).toContain('OAUTH_REFUSED');
  expect(await page.locator('pre').innerText()).toBe('mcpctl auth login atlassian --scopes read:jira-work');
  expect(complaints).toEqual([]);
});

test('the browser finds its way back to localhost too', async () => {
  const browser = await startChromium();

  const { page, complaints } = await comeBack(browser, SUCCESS, { host: 'localhost' });

  expect(await page.title()).toBe('Signed in to linear · mcpctl');
  expect(complaints).toEqual([]);
});

test('loading it again shows the same page', async () => {
  const browser = await startChromium();
  const { page } = await comeBack(browser, FAILURE);
  const before = await page.content();

  await page.reload();

  expect(await page.content()).toBe(before);
});

test('it is readable in light and dark, on a desk and at 400 pixels', async () => {
  const browser = await startChromium();
  const grounds = new Set<string>();
  for (const outcome of [SUCCESS, FAILURE, HOSTILE]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [400, 1_000]) {
        const { page } = await comeBack(browser, outcome, { colorScheme, width });

        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
        expect(await textBelowContrast(page, 4.5)).toEqual([]);
        expect(await page.evaluate('document.documentElement.lang')).toBe('en');
        grounds.add(String(await page.evaluate('getComputedStyle(document.body).backgroundColor')));
        await page.close();
      }
    }
  }
  expect(grounds.size).toBe(2);
});

test('what a server or an attacker says is text, and bounded', async () => {
  const browser = await startChromium();

  const { page, complaints } = await comeBack(browser, HOSTILE);

  expect(await page.locator('img, script, a, link, iframe, form').count()).toBe(0);
  expect(await page.locator('style').count()).toBe(1);
  const text = await page.getByRole('main').innerText();
  expect(text).toContain('<img src=x onerror="document.title=1">');
  expect(text).not.toContain('\u202E');
  expect(text.length).toBeLessThan(3_000);
  expect(complaints).toEqual([]);
});

test('the policy runs nothing, even if something got in', async () => {
  const browser = await startChromium();
  const { page } = await comeBack(browser, SUCCESS);
  const injected = `document.body.insertAdjacentHTML('beforeend', '<p id="probe" style="color: rgb(1, 2, 3)">x</p>')`;

  await page.evaluate(injected);

  expect(await page.evaluate(`getComputedStyle(document.getElementById('probe')).color`)).not.toBe(
    'rgb(1, 2, 3)',
  );
  expect(outcomePage(SUCCESS)).not.toMatch(/<script|\son\w+=|href=|src=|url\(|@import/i);
});
