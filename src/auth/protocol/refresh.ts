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
 * New tokens for old ones. The `resource` goes along, byte for byte, unless it is known not to be wanted. A server that
 * refuses what was sent, and not the token, is asked once more without `resource`, and once with the scopes.
 * @throws OAUTH_REFUSED for invalid_grant, invalid_client and unauthorized_client only; OAUTH_UNAVAILABLE for all
 * else, with `data.error` where the server gave one.
 */
export async function refreshTokens(options: RefreshOptions): Promise<Refreshed> {
  const { credential, quirks } = options;
  const known = { ...quirks, ...credential.learnt };
  const resource = quirks.resource === false ? null : credential.resource;
  const first: Manner = {
    resource: known.resourceOnRefresh === false ? null : resource,
    scope: known.scopeOnRefresh === true,
  };
  let manner = first;
  for (;;) {
    try {
      const tokens = await request(options, manner);
      return manner === first ? { tokens } : { tokens, learnt: learntFrom(manner, first, credential) };
    } catch (error) {
      const other = otherManner(errorOf(error), { manner, credential });
      if (!other) throw error;
      manner = other;
    }
  }
}

/** What goes along with a refresh token. */
interface Manner {
  readonly resource: string | null;
  readonly scope: boolean;
}

interface Tried {
  readonly manner: Manner;
  readonly credential: Credential;
}

/** The next thing to try, each once; the token was not used up by a refusal of its company. */
function otherManner(error: unknown, { manner, credential }: Tried): Manner | undefined {
  if (error === 'invalid_target' && manner.resource !== null) return { ...manner, resource: null };
  const isAboutScope = error === 'invalid_request' || error === 'invalid_scope';
  const canSay = !manner.scope && credential.requestedScopes.length > 0;
  return isAboutScope && canSay ? { ...manner, scope: true } : undefined;
}

function learntFrom(manner: Manner, first: Manner, { learnt }: Credential): NonNullable<Refreshed['learnt']> {
  return {
    ...learnt,
    ...(manner.resource !== first.resource && { resourceOnRefresh: false }),
    ...(manner.scope !== first.scope && { scopeOnRefresh: true }),
  };
}

function errorOf(error: unknown): unknown {
  return error instanceof McpctlError ? error.data?.error : undefined;
}

async function request(
  { credential, fetch, now = Date.now, signal }: RefreshOptions,
  { resource, scope }: Manner,
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
