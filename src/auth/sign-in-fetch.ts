import type { Env } from '../platform/env.ts';
import type { Fetch } from '../platform/fetch.ts';
import { createAuthFetch, reachOf } from './protocol/network.ts';

export interface SignInFetchOptions {
  readonly env: Env;
  readonly now: () => Date;
  /** Gets remarks for the user. */
  warn(line: string): void;
}

/** The way to the authorization server of an MCP server. Says once when the clocks of the two machines differ. */
export function signInFetch(url: string, { env, now, warn }: SignInFetchOptions): Fetch {
  let isTold = false;
  return createAuthFetch({
    env,
    ...reachOf(url),
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
