import type { Tokens } from '../credential.ts';

/** What openid-client made of a token endpoint's answer. */
export interface TokenResult {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  readonly expires_in?: number | undefined;
  readonly scope?: string | undefined;
}

const LONGEST_LIFE = 365 * 24 * 3600 * 1000;

/**
 * Tokens with an absolute expiry by this machine's clock, whatever the server's says. A life of nothing means that
 * the server does not know; the 401 of the resource is the truth then.
 */
export function tokensOf(result: TokenResult, scopes: readonly string[], receivedAt: number): Tokens {
  const { access_token: access, refresh_token: refresh, expires_in: life = 0, scope = '' } = result;
  const granted = splitScopes(scope);
  return {
    access,
    ...(refresh && { refresh }),
    ...(life > 0 && { expiresAt: receivedAt + Math.min(Math.round(life * 1000), LONGEST_LIFE) }),
    receivedAt,
    scopes: granted.length > 0 ? granted : [...scopes],
  };
}

/** The scopes of a text, without repetition. GitHub and Slack part them by commas. */
export function splitScopes(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}
