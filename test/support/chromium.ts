import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
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
