import { spawn } from 'node:child_process';
import { browserPrograms } from './browser-programs.ts';
import type { Env } from './env.ts';

export interface BrowserOptions {
  readonly env: Env;
  readonly platform: NodeJS.Platform;
  readonly signal?: AbortSignal;
}

/**
 * Shows an address in the user's browser: what `$BROWSER` names, else what the system opens addresses with. The
 * program gets the address as one argument, never through a shell. False when the address is none a browser should
 * get (https, or http on this machine), no program could be started, or it failed at once.
 */
export async function openBrowser(url: URL, options: BrowserOptions): Promise<boolean> {
  const address = browserAddress(url);
  if (address === undefined) return false;
  for (const { command, args } of browserPrograms(address, options)) {
    if (options.signal?.aborted) return false;
    if (await launch(command, args, options)) return true;
  }
  return false;
}

/** More than any sign-in needs, and less than Windows allows on a command line. */
const MAX_LENGTH = 8_000;

/** The address as a program may have it in its arguments; undefined when it is not one to open. */
function browserAddress(url: URL): string | undefined {
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  // The URL parser lets `$(...)` and backticks stand in a host.
  if (!/^([\w.-]+|\[[\da-f:.]+\])$/i.test(url.hostname)) return undefined;
  // Some openers are shell scripts themselves; these characters mean the same when encoded.
  const address = url.href.replaceAll(/[^\w:/?#[\]@!&*+,;=.~%-]/g, encode);
  return address.length > MAX_LENGTH ? undefined : address;
}

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** A program that still runs after this is taken to be showing the address. */
const FAILS_WITHIN_MS = 1_500;

function launch(command: string, args: readonly string[], options: BrowserOptions): Promise<boolean> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (opened: boolean): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      resolve(opened);
    };
    const onAbort = (): void => settle(false);
    try {
      const child = spawn(command, args, {
        detached: true,
        stdio: 'ignore',
        shell: false,
        windowsHide: true,
        env: withoutOwn(options.env),
      });
      child.once('error', () => settle(false));
      child.once('exit', (code) => settle(code === 0));
      child.unref();
      timer = setTimeout(() => settle(true), FAILS_WITHIN_MS);
      options.signal?.addEventListener('abort', onAbort, { once: true });
    } catch {
      // A name or a value that cannot be passed to any program.
      settle(false);
    }
  });
}

/** A browser has no use for our passphrases. */
function withoutOwn(env: Env): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^MCPCTL_/i.test(name)));
}
