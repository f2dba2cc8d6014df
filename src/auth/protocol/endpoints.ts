import { McpctlError } from '../../core/errors.ts';
import { createAddressGuard } from '../../platform/fetch-addresses.ts';
import { isLoopback, type Reach } from './network.ts';

const LONGEST = 4096;

/**
 * An address that somebody else's document names, fit to be asked or opened in a browser.
 * @throws OAUTH_UNTRUSTED when it is not: another scheme than https (http on this machine, when allowed), a user
 * name, control characters, too long, or a private address.
 */
export function checkEndpoint(what: string, text: string, reach: Reach): URL {
  const refuse = (why: string): never => {
    throw new McpctlError('OAUTH_UNTRUSTED', `The ${what} ${excerpt(text)} ${why}.`, {
      data: { endpoint: what },
    });
  };
  if (text.length > LONGEST) refuse('is too long for an address');
  if (/[^\x21-\x7e]/.test(text)) refuse('has characters no address has');
  if (!URL.canParse(text)) refuse('is not an address');
  const url = new URL(text);
  const isHere = reach.allowLoopback && isLoopback(url);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere)) refuse('does not use https');
  if (url.username || url.password) refuse('carries a user name');
  if (url.hash) refuse('has a fragment');
  if (isLoopback(url) && !reach.allowLoopback)
    refuse('is on this machine, which only a server here may name');
  try {
    const allowed = [...(reach.allowLoopback ? ['loopback'] : []), ...(reach.allowPrivate ?? [])];
    createAddressGuard(allowed).checkLiteral(url.hostname);
  } catch {
    refuse('is not on a public address');
  }
  return url;
}

/** Enough to recognise it by, on one line and harmless in a terminal. */
function excerpt(text: string): string {
  const shown = text.slice(0, 80).replaceAll(/[^\x20-\x7e]/g, '?');
  return `"${shown}${text.length > 80 ? '…' : ''}"`;
}
