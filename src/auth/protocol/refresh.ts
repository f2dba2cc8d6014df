import { McpctlError } from '../../core/errors.ts';
import type { Fetch } from '../../platform/fetch.ts';
import type { Credential, Tokens } from '../credential.ts';
import type { OAuthQuirks } from '../sign-in-settings.ts';
import { configure } from './configuration.ts';
import { protocolStep, type Step, TERMINAL_ERRORS } from './failures.ts';
import { tokensOf } from './tokens-of.ts';

export interface RefreshOptions {
  readonly credential: Credential;
  readonly fetch: Fetch;
  readonly quirks: OAuthQuirks;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
}

export interface Refreshed {
  /** With the old refresh token when no new one came. */
  readonly tokens: Tokens;
  /** To be kept with the credential: what this issuer turned out to want. */
  readonly learnt?: NonNullable<Credential['learnt']>;
}

/**
 * New tokens for old ones. The `resource` goes along, byte for byte, unless it is known not to be wanted; when the
 * server refuses it, once without.
 * @throws OAUTH_REFUSED for invalid_grant, invalid_client and unauthorized_client only; OAUTH_UNAVAILABLE for all
 * else, with `data.error` where the server gave one.
 */
export async function refreshTokens(options: RefreshOptions): Promise<Refreshed> {
  const { credential, quirks } = options;
  const known = credential.learnt ?? {};
  const wantsResource =
    quirks.resource !== false && (known.resourceOnRefresh ?? quirks.resourceOnRefresh ?? true);
  const resource = wantsResource ? credential.resource : null;
  const scope = (known.scopeOnRefresh ?? quirks.scopeOnRefresh) === true;
  try {
    return { tokens: await request(options, { resource, scope }) };
  } catch (error) {
    if (resource === null || !refusesResource(error)) throw error;
    const tokens = await request(options, { resource: null, scope });
    return { tokens, learnt: { ...known, resourceOnRefresh: false } };
  }
}

function refusesResource(error: unknown): boolean {
  return error instanceof McpctlError && error.data?.error === 'invalid_target';
}

async function request(
  { credential, fetch, now = Date.now, signal }: RefreshOptions,
  { resource, scope }: { resource: string | null; scope: boolean },
): Promise<Tokens> {
  const { server, client, tokens } = credential;
  const step: Step = {
    doing: 'renew the sign-in',
    issuer: server.issuer,
    terminal: TERMINAL_ERRORS,
  };
  const refresh = tokens?.refresh;
  if (tokens === undefined || refresh === undefined) {
    throw new McpctlError(
      'OAUTH_REFUSED',
      `${server.issuer} gave no refresh token, so the sign-in cannot be renewed.`,
      {
        data: { error: 'invalid_grant', issuer: server.issuer },
      },
    );
  }
  const { library, config } = await configure({ server, client, fetch, kind: 'token', step, signal });
  const parameters = new URLSearchParams(resource === null ? {} : { resource });
  if (scope && credential.requestedScopes.length > 0)
    parameters.set('scope', credential.requestedScopes.join(' '));
  const result = await protocolStep(step, () => library.refreshTokenGrant(config, refresh, parameters));
  return { refresh, ...tokensOf(result, tokens.scopes, now()) };
}
