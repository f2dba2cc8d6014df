import type { Env } from '../../platform/env.ts';
import type { Fetch } from '../../platform/fetch.ts';
import type { Paths } from '../../platform/paths.ts';
import { readSettings } from '../../settings/read.ts';
import { createAuthFetch, reachOf } from '../protocol/network.ts';

export interface SignInFetchOptions {
  readonly env: Env;
  readonly paths: Pick<Paths, 'settings' | 'home'>;
  readonly now: () => Date;
  /** Gets remarks for the user. */
  warn(line: string): void;
}

/**
 * The way to the authorization server of an MCP server, and to the private addresses the user's own settings allow.
 * Says once when the clocks of the two machines differ.
 */
export function signInFetch(url: string, options: SignInFetchOptions): Fetch {
  let opened: Promise<Fetch> | undefined;
  return async (to, init) => {
    opened ??= open(url, options);
    return await (await opened)(to, init);
  };
}

async function open(url: string, { env, paths, now, warn }: SignInFetchOptions): Promise<Fetch> {
  const { network } = (await readSettings({ paths, cwd: paths.home })).settings;
  let isTold = false;
  return createAuthFetch({
    env,
    ...reachOf(url, network.allowPrivate),
    now: () => now().getTime(),
    onClockSkew: (milliseconds, host) => {
      if (isTold) return;
      isTold = true;
      const minutes = Math.round(Math.abs(milliseconds) / 60_000);
      const how = milliseconds > 0 ? 'behind' : 'ahead of';
      warn(`The clock of this machine is ${minutes} min ${how} that of ${host}; tokens may be refused.`);
    },
  });
}
