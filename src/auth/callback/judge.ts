import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** How the listener introduces itself, so that a second sign-in can say who holds its port. */
export const SIGN_IN_MARK = 'mcpctl-sign-in';

/** What the redirect of a sign-in must look like. */
export interface Expectation {
  readonly redirectUri: string;
  readonly port: number;
  readonly path: string;
}

export type Verdict =
  /** May be the redirect: its state decides. */
  | { readonly kind: 'redirect'; readonly url: URL }
  | { readonly kind: 'refused'; readonly status: 400 | 404 | 405; readonly reason: string };

/**
 * Tells what could be the redirect from all else that finds its way to a local port: favicons, prefetches,
 * preflights, other paths, and pages of a name that was made to point here.
 */
export function judgeRequest(
  { method, url: target = '', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  { redirectUri, port, path }: Expectation,
): Verdict {
  if (!isOurHost(headers.host, port)) return refused(400, 'This address does not belong to mcpctl.');
  const [asked = '', query = ''] = splitOnce(target, '?');
  if (asked !== path) return refused(404, 'There is nothing here.');
  if (method !== 'GET') return refused(405, 'A sign-in comes back with GET.');
  if (isPrefetch(headers)) return refused(400, 'A sign-in is not fetched in advance.');
  const url = new URL(redirectUri);
  url.search = query;
  return { kind: 'redirect', url };
}

/** Whether the redirect carries this state, once. Takes the same time wherever the two differ. */
export function hasState(url: URL, state: string): boolean {
  const [given, ...more] = url.searchParams.getAll('state');
  return given !== undefined && more.length === 0 && timingSafeEqual(digest(given), digest(state));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function refused(status: 400 | 404 | 405, reason: string): Verdict {
  return { kind: 'refused', status, reason };
}

function isOurHost(host: string | undefined, port: number): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].some(
    (name) => new URL(`http://${name}:${port}`).host === host?.toLowerCase(),
  );
}

function isPrefetch(headers: IncomingMessage['headers']): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) =>
    /prefetch|prerender|preview/i.test(String(headers[name] ?? '')),
  );
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
