import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** True for names and addresses that lead to this machine and nowhere else. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

const EVERYWHERE = new Set(['0.0.0.0', '::']);

/**
 * Why a request is not answered, whatever it asks for: a web page may have sent it. A page of another site can make
 * its own name lead to this machine (DNS rebinding), so the Host header must name this machine; and it cannot hide
 * its Origin.
 */
export function refuseStranger(headers: IncomingHttpHeaders, boundTo: string): string | undefined {
  const host = hostnameOf(headers.host ?? '');
  const isOurs =
    isLoopback(host) ||
    host === boundTo.toLowerCase() ||
    // Nobody can make an address lead elsewhere.
    (EVERYWHERE.has(boundTo) && isIP(host) !== 0);
  if (!isOurs) return 'The Host header names another machine.';
  const { origin } = headers;
  if (origin === undefined) return undefined;
  const from = /^https?:\/\/([^/]+)$/.exec(origin)?.[1];
  return from !== undefined && isLoopback(hostnameOf(from)) ? undefined : 'The Origin is another site.';
}

/**
 * Why a request is not answered where only pages of this very origin may ask: a page on another port of this machine
 * belongs to another program, perhaps of another user.
 */
export function refuseOtherOrigin({ host = '', origin, ...rest }: IncomingHttpHeaders): string | undefined {
  const site = rest['sec-fetch-site'];
  if (origin !== undefined && origin !== `http://${host}`) return 'The Origin is another page.';
  const isOurs = site === undefined || site === 'same-origin' || site === 'none';
  return isOurs ? undefined : 'Another page asked for this.';
}

/** Without port and brackets, in lower case; empty when it is no plain host. */
export function hostnameOf(host: string): string {
  const found = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/.exec(host.toLowerCase());
  return found?.[1] ?? found?.[2] ?? '';
}
