import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../cli.ts';
import type { Internet } from './internet.ts';

const PROGRAM = fileURLToPath(new URL('../../fixtures/oauth/fetch-browser.mjs', import.meta.url));

export interface FetchBrowserOptions {
  /** `nothing` only notes that it was started. */
  readonly does?: 'consent' | 'refuse' | 'nothing';
  readonly account?: string;
  /** Reaches https addresses through this. */
  readonly internet?: Internet;
}

export interface FetchBrowser {
  /** For the environment: `{ BROWSER: browser.program }`. */
  readonly program: string;
  /** The arguments of every start so far. */
  started(): Promise<string[][]>;
  /** Every last page so far. */
  pages(): Promise<{ url: string; status: number; text: string }[]>;
}

/** A program for `BROWSER` that signs in by itself; gone after the test. */
export async function fetchBrowser(options: FetchBrowserOptions = {}): Promise<FetchBrowser> {
  const { internet } = options;
  const folder = await temporaryFolder();
  const log = join(folder, 'log.jsonl');
  const program = join(folder, 'browser');
  await writeFile(log, '');
  const settings = [
    `FETCH_BROWSER_LOG='${log}'`,
    `FETCH_BROWSER_DOES='${options.does ?? 'consent'}'`,
    `FETCH_BROWSER_ACCOUNT='${options.account ?? 'ada'}'`,
    ...(internet
      ? [`FETCH_BROWSER_PROXY='${internet.proxy}' NODE_EXTRA_CA_CERTS='${internet.certificates}'`]
      : []),
  ];
  await writeFile(program, `#!/bin/sh\n${settings.join(' ')} exec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  await chmod(program, 0o755);
  // biome-ignore lint/suspicious/noExplicitAny: lines of our own program.
  const lines = async (): Promise<any[]> =>
    (await readFile(log, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  return {
    program,
    started: async () => (await lines()).filter(({ argv }) => argv).map(({ argv }) => argv),
    pages: async () => (await lines()).filter(({ url }) => url),
  };
}
