import { McpctlError } from '../../core/errors.ts';
import { shownAddress } from '../../core/shown-address.ts';
import type { Fetch } from '../../platform/fetch.ts';
import { checkEndpoint } from './endpoints.ts';
import { requestMetadata, useless } from './metadata-request.ts';
import type { Reach } from './network.ts';

/** What a protected resource says about itself (RFC 9728). */
export interface ResourceMetadata {
  /** Byte for byte as written there. */
  readonly resource: string;
  readonly authorizationServers: readonly string[];
  readonly scopesSupported?: string[];
}

export interface ResourceQuestion {
  /** The MCP server's address. */
  readonly url: string;
  /** From the challenge: then no other place is asked. */
  readonly resourceMetadata?: string | undefined;
  readonly fetch: Fetch;
  readonly reach: Reach;
  readonly signal?: AbortSignal | undefined;
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/**
 * Undefined when the server has no such document, as those of 2025-03-26.
 * @throws OAUTH_UNTRUSTED when it speaks for another resource, OAUTH_DISCOVERY_FAILED when it is of no use.
 */
export async function findResourceMetadata(
  question: ResourceQuestion,
): Promise<ResourceMetadata | undefined> {
  const { url, resourceMetadata, fetch, reach, signal } = question;
  const about = shownAddress(url);
  const named = resourceMetadata !== undefined;
  const places = named
    ? [checkEndpoint('resource_metadata address', resourceMetadata, reach)]
    : wellKnownPlaces(new URL(url));
  for (const place of places) {
    const document = await requestMetadata({ fetch, url: place, about, signal });
    if (document) return checked(document, place, url);
    if (named) throw useless(place, 'is named by the server but not there', about);
  }
  return undefined;
}

function wellKnownPlaces({ pathname, search, origin }: URL): URL[] {
  const path = pathname === '/' ? '' : pathname;
  // By the letter a slash at the end belongs to the path; many servers leave it out.
  const places = new Set([`${path}${search}`, `${path.replace(/\/$/, '')}${search}`, '']);
  return [...places].map((place) => new URL(`${WELL_KNOWN}${place}`, origin));
}

function checked(document: Record<string, unknown>, place: URL, url: string): ResourceMetadata {
  const { resource, authorization_servers: servers, scopes_supported: scopes } = document;
  if (typeof resource !== 'string') throw useless(place, 'does not name its resource', shownAddress(url));
  if (!covers(resource, url)) {
    throw new McpctlError(
      'OAUTH_UNTRUSTED',
      `${place.host} speaks for another resource than ${new URL(url).host}, so a token could end up elsewhere.`,
      { data: { url: shownAddress(url), resource: resource.slice(0, 200) } },
    );
  }
  const authorizationServers = strings(servers);
  if (authorizationServers.length === 0)
    throw useless(place, 'names no authorization server', shownAddress(url));
  return {
    resource,
    authorizationServers,
    ...(Array.isArray(scopes) && { scopesSupported: strings(scopes) }),
  };
}

/** The same origin, and its path a prefix of the URL's, segment by segment. */
function covers(resource: string, url: string): boolean {
  if (!URL.canParse(resource)) return false;
  const [wide, narrow] = [new URL(resource), new URL(url)];
  if (wide.origin !== narrow.origin || wide.username || wide.password || wide.hash) return false;
  if (wide.search !== '' && wide.search !== narrow.search) return false;
  const withSlash = (path: string): string => (path.endsWith('/') ? path : `${path}/`);
  return withSlash(narrow.pathname).startsWith(withSlash(wide.pathname));
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string' && item !== '') : [];
}
