import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderHtml } from '../../src/docs/html.ts';
import type { ServerDescription } from '../../src/docs/server-description.ts';
import { serverPage } from '../../src/docs/server-page.ts';
import { withoutAnswers } from '../../src/docs/without-answers.ts';
import { launchChromium, type OpenedPage, openPage, type PageLook } from '../support/chromium.ts';
import { temporaryFolder } from '../support/cli.ts';
import { textBelowContrast } from '../support/contrast.ts';
import { HOSTILE_TEXTS, hostileServer } from '../support/documentation.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
});

const pageOf = (server: ServerDescription): string => renderHtml(server.title, serverPage(server));

async function open(html: string, look?: PageLook): Promise<OpenedPage> {
  const file = join(await temporaryFolder(), 'api.html');
  await writeFile(file, html);
  return await openPage(browser, pathToFileURL(file).href, look);
}

/** Every tag; what was escaped holds none. */
const tagsOf = (html: string): string[] =>
  (html.match(/<[!/a-z][^>]*>/gi) ?? [])
    // Long texts are paragraphs of their own, and names are in ids and labels.
    .filter((tag) => !/^<\/?p\b/.test(tag))
    .map((tag) => tag.replaceAll(/"[^"]*"/g, '""'));

test.each(HOSTILE_TEXTS)('%j adds no tag to a page', (text) => {
  expect(tagsOf(pageOf(hostileServer(text)))).toEqual(tagsOf(pageOf(hostileServer('plain'))));
});

test('whatever a server says is text in a browser, runs nothing and asks for nothing', async () => {
  const everything = HOSTILE_TEXTS.join('\n');

  const { page, complaints, asked } = await open(pageOf(hostileServer(everything)));

  expect(complaints).toEqual([]);
  expect(asked).toHaveLength(1);
  expect(await page.locator('script, img, svg, iframe, form, input, [onerror], [onload]').count()).toBe(0);
  expect(await page.locator('a:not([href^="#"])').count()).toBe(0);
  const heading = await page.locator('h1').innerText();
  expect(heading).toContain('<script>alert(1)</script>');
  expect(heading).not.toMatch(/[\u202a-\u202e\u{e0000}-\u{e007f}\u200b]/u);
});

test('is readable in light and dark, on a desk and at 400 pixels, and every heading can be reached', async () => {
  const server = { ...hostileServer('a_rather_long_name_of_something_that_does_not_end'), title: 'Weather' };
  const grounds = new Set<unknown>();
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [400, 1280]) {
      const { page, complaints } = await open(pageOf(server), { colorScheme, width });

      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${width}`).toBe(
        true,
      );
      expect(await textBelowContrast(page, 4.5)).toEqual([]);
      expect(complaints).toEqual([]);
      grounds.add(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
    }
  }
  expect(grounds.size).toBe(2);

  const { page } = await open(pageOf(server));
  const links = await page.getByRole('navigation').getByRole('link').all();
  expect(links.length).toBeGreaterThan(6);
  for (const link of links) {
    const target = (await link.getAttribute('href')) ?? '';
    expect(await page.locator(`[id="${target.slice(1)}"]`).count()).toBe(1);
  }
});

test('can be used with the keyboard alone', async () => {
  const { page } = await open(pageOf(hostileServer('plain')));

  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');

  expect(await page.evaluate('document.activeElement.closest("main") !== null')).toBe(true);
  expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
});

test('answers do not count in a comparison, everything else does', () => {
  const bare = (server: ServerDescription): string => withoutAnswers(pageOf(server), 'html');
  const server = hostileServer(HOSTILE_TEXTS[2] ?? '');
  const [example] = server.examples;
  if (!example) throw new Error('no example');

  expect(bare({ ...server, examples: [{ ...example, answer: '<pre class="answer">' }] })).toBe(bare(server));
  expect(bare({ ...server, examples: [{ ...example, arguments: {} }] })).not.toBe(bare(server));
});
