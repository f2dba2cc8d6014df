import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** The system's Chromium without a window, ended with the test. */
export async function startChromium(): Promise<Browser> {
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  return browser;
}

/** The same, ended by the caller. */
export async function launchChromium(): Promise<Browser> {
  // The sandbox needs user namespaces, which containers and root do not have.
  return await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
}

export interface OpenedPage {
  readonly page: Page;
  /** What the browser complained about, e.g. something its policy forbids. */
  readonly complaints: string[];
  /** Everything it asked for. */
  readonly asked: string[];
}

export interface PageLook {
  readonly colorScheme?: 'light' | 'dark';
  /** In CSS pixels. */
  readonly width?: number;
  readonly javaScriptEnabled?: boolean;
  readonly reducedMotion?: 'reduce';
}

/** Opens an address, until the test ends; dialogs count as complaints. */
export async function openPage(
  browser: Browser,
  address: string,
  { width = 1280, ...look }: PageLook = {},
): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, ...look });
  onTestFinished(() => page.close());
  page.setDefaultTimeout(90_000);
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(address);
  return { page, complaints, asked };
}

/** Where the system has it. */
export function chromiumPath(): string {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'chromium'))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  if (found === undefined) throw new Error('This test needs Chromium: apt-get install chromium');
  return found;
}
