import type { McpctlError } from '../../core/errors.ts';
import type { Authorize, Challenge } from '../../mcp/http/authorize.ts';
import { bearerChallenge } from '../protocol/challenges.ts';
import { isLoopback } from '../protocol/network.ts';
import { isLapsed } from './freshness.ts';
import { HeldSignIn, type HeldSignInOptions } from './held-sign-in.ts';
import { isSignInNeeded, signInNeeded } from './refusals.ts';
import { createSigningIn, INSUFFICIENT, type SignInPort } from './signing-in.ts';

export interface TokenSourceOptions extends HeldSignInOptions {
  /** The server's address, references resolved. Tokens go to its origin only. */
  readonly url: string;
  /** The most that may be asked for; no ceiling when it gives undefined. */
  ceiling(): Promise<readonly string[] | undefined>;
  /** Signs in, with a person where the grant needs one; absent where nobody may be asked. */
  readonly signIn?: SignInPort;
}

export interface TokenSource extends Authorize {
  refusal(challenge: Challenge): McpctlError;
  /** Waits until no renewal is under way; tokens are not renewed afterwards. */
  close(): Promise<void>;
}

/** Tokens for one server: read at the first request, renewed before they expire and when the server refuses them. */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { server, url: address, now } = options;
  const home = new URL(address);
  const held = new HeldSignIn(options);
  const signingIn = createSigningIn(options);

  /** Tokens leave over https, or not at all; and to one origin, whatever was named on the way. */
  const isOurs = (url: URL): boolean =>
    url.origin === home.origin && (url.protocol === 'https:' || isLoopback(url));

  const isNewerThan = (sent: Challenge['sent']): boolean =>
    held.tokens !== undefined && sent?.authorization !== bearer(held.tokens.access).authorization;

  const signIn = async (challenge: Challenge, refusal: McpctlError): Promise<boolean> => {
    await signingIn.signIn(challenge, refusal);
    await held.reload();
    return true;
  };

  const stepUp = async (challenge: Challenge): Promise<boolean> => {
    const { error, scope } = bearerChallenge(challenge.wwwAuthenticate);
    if (!scope || (error !== undefined && error !== INSUFFICIENT)) return false;
    await signingIn.stepUp(challenge, held.credential);
    await held.reload();
    return true;
  };

  const renewed = async (challenge: Challenge, refused: string | undefined): Promise<boolean> => {
    try {
      await held.renew(refused);
      return true;
    } catch (error) {
      if (!isSignInNeeded(error)) throw error;
      return await signIn(challenge, error);
    }
  };

  return {
    async headers(url) {
      if (!isOurs(url)) return {};
      await held.load();
      const { tokens } = held;
      if (!tokens) return {};
      if (held.isDue) {
        // A failure shows when the server refuses the old token; it may still take it.
        const renewal = held.renew(tokens.access).catch(() => {});
        if (isLapsed(tokens, now().getTime())) await renewal;
      }
      return bearer(held.tokens?.access ?? tokens.access);
    },
    async satisfy(challenge) {
      const { status, url, sent } = challenge;
      if (!isOurs(url)) return false;
      if (isNewerThan(sent)) return true;
      if (status === 403) return await stepUp(challenge);
      const refused = held.tokens?.access;
      await held.reload();
      const { credential } = held;
      if (!credential) {
        return await signIn(challenge, signInNeeded(server, `Nobody is signed in to ${server}.`));
      }
      if (isNewerThan(sent) && held.isGood) return true;
      if (refused === credential.tokens?.access && held.isNewborn) {
        const why = `${server} refuses the token that ${credential.issuer} has just given for it (HTTP 401).`;
        return await signIn(challenge, signInNeeded(server, why));
      }
      return await renewed(challenge, refused);
    },
    accepted: () => signingIn.accepted(),
    refusal: (challenge) => signingIn.refusal(challenge),
    close: () => held.close(),
  };
}

function bearer(access: string): { authorization: string } {
  return { authorization: `Bearer ${access}` };
}
