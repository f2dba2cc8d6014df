import { McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { readRetryAfter } from '../../core/retry-after.ts';
import type { Fetch } from '../../platform/fetch.ts';
import { asUnavailable } from './failures.ts';

export interface MetadataRequest {
  readonly fetch: Fetch;
  readonly url: URL;
  /** For messages: the server or issuer it is about. */
  readonly about: string;
  /** Takes a page of HTML for "not there": some answer every path with their front page. */
  readonly tolerateHtml?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A metadata document, or undefined when the server says that there is none (any 4xx). Everything else that is no
 * document is a failure, so that nobody reaches a fallback by breaking the connection.
 */
export async function requestMetadata(
  request: MetadataRequest,
): Promise<Record<string, unknown> | undefined> {
  const { fetch, url, about, tolerateHtml = false, signal } = request;
  const step = { doing: `read ${url.host}${url.pathname}`, issuer: about };
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' }, signal: signal ?? null });
    const { status, headers } = response;
    if (status === 200) {
      const isHtml = headers.get('content-type')?.startsWith('text/html') ?? false;
      return tolerateHtml && isHtml ? await nothing(response) : parse(await response.text(), url, about);
    }
    await response.body?.cancel();
    if (status === 408 || status === 429 || status >= 500) throw unavailable(url, response, about);
    if (status >= 400) return undefined;
    throw useless(url, redirectText(headers.get('location'), url) ?? `answered HTTP ${status}`, about);
  } catch (error) {
    throw error instanceof McpctlError ? asUnavailable(error, step) : error;
  }
}

async function nothing(response: Response): Promise<undefined> {
  await response.body?.cancel();
}

function parse(text: string, url: URL, about: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw useless(url, 'is not JSON', about);
  }
  if (!isRecord(value)) throw useless(url, 'is not a JSON object', about);
  // A member that is null says no more than one that is absent.
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

function redirectText(location: string | null, url: URL): string | undefined {
  if (location === null || !URL.canParse(location, url.href)) return undefined;
  const target = new URL(location, url);
  return `redirects to ${target.host}${target.pathname.slice(0, 100)}, which is not followed`;
}

/** The failure of a document that is there and of no use. */
export function useless(url: URL, why: string, about: string): McpctlError {
  return new McpctlError('OAUTH_DISCOVERY_FAILED', `${url.host}${url.pathname} ${why}.`, {
    data: { url: `${url.origin}${url.pathname}`, about },
  });
}

function unavailable(url: URL, response: Response, about: string): McpctlError {
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'));
  return new McpctlError(
    'OAUTH_UNAVAILABLE',
    `${url.host}${url.pathname} answered HTTP ${response.status}.`,
    { data: { issuer: about, status: response.status, ...(retryAfterMs !== undefined && { retryAfterMs }) } },
  );
}
