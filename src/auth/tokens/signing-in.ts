import { McpctlError } from '../../core/errors.ts';
import type { Challenge } from '../../mcp/http/authorize.ts';
import type { Credential } from '../credential.ts';
import { type BearerChallenge, bearerChallenge } from '../protocol/challenges.ts';
import { splitScopes } from '../protocol/tokens-of.ts';
import { placeOf } from '../store/credential-row.ts';
import type { Credentials } from '../store/credentials.ts';
import { aboveCeiling, scopesNeeded, signInNeeded } from './refusals.ts';

/**
 * Signs in and saves the result. A challenge whose error is `insufficient_scope` is answered with what was requested
 * before as well.
 */
export type SignInPort = (challenge: BearerChallenge) => Promise<Credential>;

export interface SigningInOptions {
  readonly server: string;
  readonly url: string;
  readonly profile: string;
  readonly credentials: Credentials;
  ceiling(): Promise<readonly string[] | undefined>;
  readonly signIn?: SignInPort;
}

/** When to ask for a sign-in, and when to leave the user in peace. */
export interface SigningIn {
  /** A first or a new sign-in. @throws the refusal where nobody may be asked, or was asked in vain before. */
  signIn(challenge: Challenge, refusal: McpctlError): Promise<Credential>;
  /** A sign-in with the scopes a 403 names as well. @throws SIGN_IN_NEEDED with the command for it, SCOPE_REFUSED. */
  stepUp(challenge: Challenge, held: Credential | undefined): Promise<Credential>;
  /** The server took what the latest sign-in brought. */
  accepted(): void;
  refusal(challenge: Challenge): McpctlError;
}

const LONGEST_SIGN_IN_MS = 600_000;
const MOST_STEP_UPS = 2;
/** A server that refuses what a sign-in has just brought would have a browser opened by every call. */
const SIGN_INS_APART_MS = 600_000;
/** Of sign-ins whose tokens it took and then refused. */
const MOST_SIGN_INS = 3;
export const INSUFFICIENT = 'insufficient_scope';
/** Asked for by every sign-in where the server knows it. */
const OFFLINE_ACCESS = 'offline_access';
const LATER = ['OAUTH_UNAVAILABLE', 'CANCELLED', 'LOCK_TIMEOUT'];

export function createSigningIn(options: SigningInOptions): SigningIn {
  const { server, url, profile, credentials, signIn: port } = options;
  const steppedUp = new Set<string>();
  let isInVain = false;
  let signedInAt = Number.NEGATIVE_INFINITY;
  let isAccepted = false;
  let signIns = 0;
  let underWay: Promise<Credential> | undefined;

  const isRecent = (): boolean => performance.now() - signedInAt < SIGN_INS_APART_MS;

  /** One at a time on this machine: a client that starts several of us must not open several browsers. */
  const ask = (
    challenge: BearerChallenge,
    isEnough: (credential: Credential) => boolean,
  ): Promise<Credential> => {
    const once = async (): Promise<Credential> => {
      const row = await credentials.find({ url, profile });
      const stored = row && (await credentials.read(row));
      if (stored && isEnough(stored)) return stored;
      if (!port) throw new McpctlError('INTERNAL', 'Nobody is there to sign in.');
      const signedIn = await port(challenge);
      signIns = isRecent() ? signIns + 1 : 1;
      signedInAt = performance.now();
      isAccepted = false;
      return signedIn;
    };
    underWay ??= credentials
      .withLock(placeOf({ url, profile }), once, { timeoutMs: LONGEST_SIGN_IN_MS })
      .catch((error: unknown) => {
        isInVain = !(error instanceof McpctlError && LATER.includes(error.code));
        throw error;
      })
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };

  return {
    async signIn(challenge, refusal) {
      const isTooSoon = isRecent() && (!isAccepted || signIns >= MOST_SIGN_INS);
      if (!port || isInVain || (isTooSoon && !underWay)) throw refusal;
      const sent = challenge.sent?.authorization;
      return await ask(bearerChallenge(challenge.wwwAuthenticate), ({ tokens, needsSignIn }) => {
        return !needsSignIn && tokens !== undefined && sent !== `Bearer ${tokens.access}`;
      });
    },
    async stepUp(challenge, held) {
      const wanted = scopesOf(challenge);
      const ceiling = await options.ceiling();
      const outside = wanted.filter((scope) => ceiling?.includes(scope) === false);
      if (outside.length > 0) throw aboveCeiling(server, outside);
      const key = wanted.toSorted().join(' ');
      const before = held?.requestedScopes.filter((scope) => scope !== OFFLINE_ACCESS) ?? [];
      const scopes = [...new Set([...before, ...wanted])];
      const isKnown = steppedUp.has(key) || steppedUp.size >= MOST_STEP_UPS;
      if (underWay) return await underWay;
      if (!port || isInVain || isKnown) throw scopesNeeded(server, scopes);
      steppedUp.add(key);
      const need = { ...bearerChallenge(challenge.wwwAuthenticate), error: INSUFFICIENT };
      return await ask(need, ({ tokens }) => {
        if (!tokens || tokens.access === held?.tokens?.access) return false;
        return wanted.every((scope) => tokens.scopes.includes(scope));
      });
    },
    accepted() {
      isAccepted = true;
    },
    refusal(challenge) {
      const { status, wwwAuthenticate } = challenge;
      const data = { status, ...(wwwAuthenticate && { wwwAuthenticate }) };
      if (status === 401) return signInNeeded(server, `${server} wants a sign-in (HTTP 401).`, data);
      const scopes = scopesOf(challenge);
      if (scopes.length > 0) return scopesNeeded(server, scopes);
      return new McpctlError('SIGN_IN_NEEDED', `${server} refuses the request (HTTP 403).`, {
        hint: `See who is signed in, and with which scopes: mcpctl auth status ${server}`,
        data: { server, ...data },
      });
    },
  };
}

function scopesOf({ wwwAuthenticate }: Challenge): string[] {
  return splitScopes(bearerChallenge(wwwAuthenticate).scope ?? '');
}
