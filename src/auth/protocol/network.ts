import { isIP } from 'node:net';
import { McpctlError } from '../../core/errors.ts';
import type { Env } from '../../platform/env.ts';
import { createFetch, type Fetch } from '../../platform/fetch.ts';

/** Where else than to public addresses a sign-in may lead. */
export interface Reach {
  /** True only when the MCP server's own URL is on this machine. */
  readonly allowLoopback: boolean;
  /** Host names, addresses and ranges of an intranet. */
  readonly allowPrivate?: readonly string[];
}

export interface AuthFetchOptions extends Reach {
  readonly env: Env;
  readonly now?: () => number;
  /** Told when an answer's clock is more than a minute off: how many milliseconds it is ahead of this machine's. */
  readonly onClockSkew?: (milliseconds: number, host: string) => void;
}

const TOLERATED_SKEW = 60_000;

/**
 * The way to authorization servers, for all of discovery, registration, tokens and revocation: https except to an
 * allowed loopback, public addresses only, 1 MiB and 30 s at most, and no redirect is ever followed.
 * @throws what `createFetch` throws, with OAUTH_UNTRUSTED in place of ADDRESS_REFUSED.
 */
export function createAuthFetch(options: AuthFetchOptions): Fetch {
  const { env, allowLoopback, allowPrivate = [], now = Date.now, onClockSkew } = options;
  const fetch = createFetch({ env, allowPrivate: [...(allowLoopback ? ['loopback'] : []), ...allowPrivate] });
  return async (url, init) => {
    const response = await fetch(url, { ...init, redirect: 'manual' }).catch((error: unknown) => {
      throw asUntrusted(error);
    });
    const skew = Date.parse(response.headers.get('date') ?? '') - now();
    if (Math.abs(skew) > TOLERATED_SKEW) onClockSkew?.(skew, new URL(url).host);
    return response;
  };
}

/** An address that turns out not to be public when it is asked for; nothing was sent. */
function asUntrusted(error: unknown): unknown {
  if (!(error instanceof McpctlError) || error.code !== 'ADDRESS_REFUSED') return error;
  return new McpctlError('OAUTH_UNTRUSTED', error.message, {
    hint: `If you trust it: mcpctl config set network.allowPrivate ${String(error.data?.host)}`,
    data: { ...error.data, reason: error.code },
  });
}

/**
 * What the address of an MCP server opens by itself, since a user chose it: its own host, and this machine when it
 * is here; beside it the private hosts of the user's settings. A name that is made to lead elsewhere later finds no
 * certificate there.
 */
export function reachOf(url: string | URL, privateHosts: readonly string[] = []): Reach {
  const allowLoopback = isLoopback(url);
  return {
    allowLoopback,
    allowPrivate: [...(allowLoopback ? [] : [new URL(url).hostname]), ...privateHosts],
  };
}

/** True when a URL's host is this machine, by name or address. */
export function isLoopback(url: string | URL): boolean {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
