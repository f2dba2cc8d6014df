import { McpctlError } from '../../core/errors.ts';
import type { Fetch } from '../../platform/fetch.ts';
import type { Credential } from '../credential.ts';
import { configure } from './configuration.ts';
import { protocolStep, type Step } from './failures.ts';

/**
 * Tells the authorization server that the tokens are done with, the refresh token first: most servers end the
 * access token with it. Nothing to do where there is no revocation endpoint.
 * @throws OAUTH_UNAVAILABLE or OAUTH_REFUSED when one of the tokens may still be good; both were tried.
 */
export async function revoke(credential: Credential, fetch: Fetch, signal?: AbortSignal): Promise<void> {
  const { server, client, tokens } = credential;
  if (server.revocation_endpoint === undefined || tokens === undefined) return;
  const step: Step = { doing: 'revoke the sign-in', issuer: server.issuer };
  const { library, config } = await configure({ server, client, fetch, kind: 'revocation', step, signal });
  const failures: unknown[] = [];
  const kinds = { refresh_token: tokens.refresh, access_token: tokens.access };
  for (const [hint, token] of Object.entries(kinds)) {
    if (token === undefined) continue;
    try {
      await protocolStep(step, () => library.tokenRevocation(config, token, { token_type_hint: hint }));
    } catch (error) {
      // RFC 7009: a server may keep no list of access tokens.
      if (!isUnsupported(error)) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

function isUnsupported(error: unknown): boolean {
  return error instanceof McpctlError && error.data?.error === 'unsupported_token_type';
}
