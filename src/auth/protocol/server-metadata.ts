import { McpctlError } from '../../core/errors.ts';
import type { Fetch } from '../../platform/fetch.ts';
import type { ServerMetadata } from '../credential.ts';
import { checkEndpoint } from './endpoints.ts';
import { requestMetadata, useless } from './metadata-request.ts';
import type { Reach } from './network.ts';

export interface ServerQuestion {
  readonly issuer: string;
  readonly fetch: Fetch;
  readonly reach: Reach;
  readonly signal?: AbortSignal | undefined;
}

const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'revocation_endpoint',
  'device_authorization_endpoint',
] as const;

/**
 * The metadata of an authorization server (RFC 8414 or OpenID Connect), with endpoints that may be used; undefined
 * when none of the places has any.
 * @throws OAUTH_UNTRUSTED when the document names another issuer, or endpoints that break the rules.
 */
export async function findServerMetadata(question: ServerQuestion): Promise<ServerMetadata | undefined> {
  const { issuer, fetch, reach, signal } = question;
  const base = checkEndpoint('authorization server', issuer, reach);
  for (const place of wellKnownPlaces(base)) {
    const document = await requestMetadata({ fetch, url: place, about: issuer, tolerateHtml: true, signal });
    if (document) return await checked(document, place, question);
  }
  return undefined;
}

/** In the order of the MCP specification. */
function wellKnownPlaces({ pathname, origin }: URL): URL[] {
  const path = pathname.replace(/\/$/, '');
  const places =
    path === ''
      ? ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']
      : [
          `/.well-known/oauth-authorization-server${path}`,
          `/.well-known/openid-configuration${path}`,
          `${path}/.well-known/openid-configuration`,
        ];
  return places.map((place) => new URL(place, origin));
}

async function checked(
  document: Record<string, unknown>,
  place: URL,
  { issuer, reach }: ServerQuestion,
): Promise<ServerMetadata> {
  if (typeof document.issuer !== 'string' || !isSameIssuer(document.issuer, issuer)) {
    throw new McpctlError(
      'OAUTH_UNTRUSTED',
      `${place.host}${place.pathname} is the document of another issuer than ${issuer}.`,
      { data: { issuer, named: String(document.issuer).slice(0, 200) } },
    );
  }
  const { serverMetadataSchema } = await import('../credential.ts');
  const known = Object.entries(document).filter(([name]) => Object.hasOwn(serverMetadataSchema.shape, name));
  const parsed = serverMetadataSchema.safeParse(Object.fromEntries(known));
  if (!parsed.success) {
    const [member = 'a member'] = parsed.error.issues.map((issue) => issue.path.join('.'));
    throw useless(place, `lacks or garbles ${member}`, issuer);
  }
  for (const name of ENDPOINTS) {
    const endpoint = parsed.data[name];
    if (endpoint !== undefined) checkEndpoint(name, endpoint, reach);
  }
  return parsed.data;
}

/** Identical strings; only the slash after a bare origin may differ. */
export function isSameIssuer(left: string, right: string): boolean {
  const bare = (text: string): string => (/^https?:\/\/[^/?#]+\/$/.test(text) ? text.slice(0, -1) : text);
  return bare(left) === bare(right);
}

/** Where servers of 2025-03-26 have their endpoints when they publish no metadata. */
export function legacyServer(origin: string): ServerMetadata {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
  };
}
