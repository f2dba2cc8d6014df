import { McpctlError } from '../../core/errors.ts';
import { shownAddress } from '../../core/shown-address.ts';
import type { Fetch } from '../../platform/fetch.ts';
import type { ServerMetadata } from '../credential.ts';
import type { OAuthQuirks, SignInSettings } from '../sign-in-settings.ts';
import type { BearerChallenge } from './challenges.ts';
import { reachOf } from './network.ts';
import { findResourceMetadata } from './resource-metadata.ts';
import { findServerMetadata, isSameIssuer, legacyServer } from './server-metadata.ts';

export interface DiscoverOptions {
  /** The MCP server's address. */
  readonly url: string;
  /** Where else than to public addresses its documents may lead. */
  readonly privateHosts?: readonly string[];
  readonly challenge?: BearerChallenge;
  readonly fetch: Fetch;
  readonly quirks: OAuthQuirks;
  /** What the sign-in is for; without a browser nobody needs PKCE. */
  readonly grant?: SignInSettings['grant'];
  /** The issuer of the sign-in there is: another one is refused. */
  readonly expectedIssuer?: string;
  /** Which of several authorization servers to take; the first unless given. */
  readonly preferredIssuer?: string;
  readonly signal?: AbortSignal;
}

export interface Discovery {
  /** Sent as `resource`, byte for byte; null for servers of 2025-03-26, and where a quirk says so. */
  readonly resource: string | null;
  readonly scopesSupported?: string[];
  readonly server: ServerMetadata;
  /** All that the MCP server accepts; `server` is one of them. */
  readonly authorizationServers: string[];
}

/**
 * Finds out where and how to sign in to an MCP server, by the rules of 2026-07-28 and those of its elders.
 * @throws OAUTH_DISCOVERY_FAILED, OAUTH_UNAVAILABLE, or OAUTH_UNTRUSTED when somebody breaks a rule that protects
 * the sign-in; with `data.expectedIssuer` and `data.issuer` when the issuer changed, to ask for consent anew.
 */
export async function discover(options: DiscoverOptions): Promise<Discovery> {
  const { url, challenge, fetch, quirks, expectedIssuer, signal } = options;
  const reach = reachOf(url, options.privateHosts);
  const found = await findResourceMetadata({
    url,
    resourceMetadata: challenge?.resourceMetadata,
    fetch,
    reach,
    signal,
  });
  const authorizationServers = found ? [...found.authorizationServers] : [new URL(url).origin];
  const issuer = choose(authorizationServers, expectedIssuer ?? options.preferredIssuer);
  if (expectedIssuer !== undefined && !isSameIssuer(issuer, expectedIssuer)) {
    throw issuerChanged(url, expectedIssuer, issuer);
  }
  const document = await findServerMetadata({ issuer, fetch, reach, signal });
  if (document) checkDocument(document, options.grant ?? 'authorization-code');
  const server = withQuirks(document ?? withoutDocument(issuer, found === undefined, quirks), quirks);
  return {
    resource: found && quirks.resource !== false ? found.resource : null,
    ...(found?.scopesSupported && { scopesSupported: found.scopesSupported }),
    server,
    authorizationServers,
  };
}

function choose(issuers: readonly string[], preferred: string | undefined): string {
  const match = preferred === undefined ? undefined : issuers.find((each) => isSameIssuer(each, preferred));
  return match ?? issuers[0] ?? '';
}

function issuerChanged(url: string, expectedIssuer: string, issuer: string): McpctlError {
  return new McpctlError(
    'OAUTH_UNTRUSTED',
    `${new URL(url).host} wants sign-ins at ${issuer} now, not at ${expectedIssuer} as before.`,
    {
      hint: 'If the vendor announced the move, sign out and in again: mcpctl auth logout, mcpctl auth login',
      data: { url: shownAddress(url), expectedIssuer, issuer },
    },
  );
}

function checkDocument(server: ServerMetadata, grant: SignInSettings['grant']): void {
  if (grant !== 'authorization-code') return;
  if (server.authorization_endpoint === undefined) {
    throw new McpctlError('OAUTH_DISCOVERY_FAILED', `${server.issuer} names no authorization endpoint.`, {
      data: { issuer: server.issuer },
    });
  }
  if (server.code_challenge_methods_supported?.includes('S256')) return;
  throw new McpctlError(
    'OAUTH_UNTRUSTED',
    `${server.issuer} does not promise to protect sign-ins by PKCE with S256, so a code could be stolen.`,
    { data: { issuer: server.issuer, methods: server.code_challenge_methods_supported ?? [] } },
  );
}

function withoutDocument(issuer: string, isLegacy: boolean, quirks: OAuthQuirks): ServerMetadata {
  if (isLegacy) return legacyServer(issuer);
  const { authorizationEndpoint, tokenEndpoint } = quirks;
  if (authorizationEndpoint !== undefined && tokenEndpoint !== undefined) {
    return { issuer, authorization_endpoint: authorizationEndpoint, token_endpoint: tokenEndpoint };
  }
  throw new McpctlError(
    'OAUTH_DISCOVERY_FAILED',
    `${issuer} publishes no metadata, so it is not known where to sign in.`,
    { data: { issuer } },
  );
}

function withQuirks(server: ServerMetadata, quirks: OAuthQuirks): ServerMetadata {
  return {
    ...server,
    ...(quirks.authorizationEndpoint && { authorization_endpoint: quirks.authorizationEndpoint }),
    ...(quirks.tokenEndpoint && { token_endpoint: quirks.tokenEndpoint }),
  };
}
