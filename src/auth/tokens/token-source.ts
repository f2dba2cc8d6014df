import { McpctlError } from '../../core/errors.ts';
import type { Authorize, Challenge } from '../../mcp/http/authorize.ts';
import type { Credential } from '../credential.ts';
import { bearerChallenge } from '../protocol/challenges.ts';
import { isLoopback } from '../protocol/network.ts';
import type { CredentialRow } from '../store/credential-row.ts';
import { createBackoff } from './backoff.ts';
import { isDue, isLapsed, leastApart, lifetimeOf, renewalTime } from './freshness.ts';
import { signInNeeded } from './refusals.ts';
import { type RenewalPorts, type Renewed, renew } from './renew.ts';
import { createSigningIn, INSUFFICIENT, type SignInPort } from './signing-in.ts';

export interface TokenSourceOptions extends RenewalPorts {
  /** Name in the manifest, for messages. */
  readonly server: string;
  /** The server's address, references resolved. Tokens go to its origin only. */
  readonly url: string;
  readonly profile: string;
  /** The most that may be asked for; no ceiling when it gives undefined. */
  ceiling(): Promise<readonly string[] | undefined>;
  /** Signs in, with a person where the grant needs one; absent where nobody may be asked. */
  readonly signIn?: SignInPort;
  /** Gets every token from here on in use, so that it is kept out of logs. */
  known?(secrets: readonly string[]): void;
  readonly signal?: AbortSignal;
}

export interface TokenSource extends Authorize {
  refusal(challenge: Challenge): McpctlError;
  /** Waits until no renewal is under way; tokens are not renewed afterwards. */
  close(): Promise<void>;
}

/** A token the server refuses at this age was never any good, and another one would not be either. */
const NEWBORN_MS = 1000;
/** Tokens that live this long are renewed also while nobody uses them. */
const LONG_LIFE_MS = 300_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const SAVE_AGAIN_MS = 10_000;

/** Tokens for one server: read at the first request, renewed before they expire and when the server refuses them. */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  return new StoredTokens(options);
}

class StoredTokens implements TokenSource {
  readonly #options: TokenSourceOptions;
  readonly #home: URL;
  readonly #backoff = createBackoff();
  readonly #signingIn: ReturnType<typeof createSigningIn>;
  #row: CredentialRow | undefined;
  #held: Credential | undefined;
  #loading: Promise<void> | undefined;
  #renewing: Promise<Renewed> | undefined;
  #isSaved = true;
  #isUsed = false;
  #isClosed = false;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TokenSourceOptions) {
    this.#options = options;
    this.#home = new URL(options.url);
    this.#signingIn = createSigningIn(options);
  }

  async headers(url: URL): Promise<Readonly<Record<string, string>>> {
    if (!this.#isOurs(url)) return {};
    this.#loading ??= this.#load();
    await this.#loading;
    const tokens = this.#held?.tokens;
    if (!tokens) return {};
    this.#isUsed = true;
    const now = this.#now();
    if (isDue(tokens, now) && this.#canRenew() && this.#mayRenewAhead()) {
      // A failure shows when the server refuses the old token; it may still take it.
      const renewal = this.#renew(tokens.access).catch(() => {});
      if (isLapsed(tokens, now)) await renewal;
    }
    return bearer(this.#held?.tokens?.access ?? tokens.access);
  }

  async satisfy(challenge: Challenge): Promise<boolean> {
    const { status, url, sent } = challenge;
    if (!this.#isOurs(url)) return false;
    if (this.#isNewerThan(sent)) return true;
    if (status === 403) return await this.#stepUp(challenge);
    const refused = this.#held?.tokens;
    await this.#load();
    const held = this.#held;
    const { server } = this.#options;
    if (!held)
      return await this.#signIn(challenge, signInNeeded(server, `Nobody is signed in to ${server}.`));
    if (this.#isNewerThan(sent) && this.#isGood()) return true;
    if (refused?.access === held.tokens?.access && performance.now() - this.#renewedAt < NEWBORN_MS) {
      const why = `${server} refuses the token that ${held.issuer} has just given for it (HTTP 401).`;
      return await this.#signIn(challenge, signInNeeded(server, why));
    }
    try {
      await this.#renew(refused?.access);
      return true;
    } catch (error) {
      if (!isSignInNeeded(error)) throw error;
      return await this.#signIn(challenge, error);
    }
  }

  refusal(challenge: Challenge): McpctlError {
    return this.#signingIn.refusal(challenge);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#renewing?.catch(() => {});
    if (!this.#isSaved) await this.#renew(undefined).catch(() => {});
  }

  #now(): number {
    return this.#options.now().getTime();
  }

  /** Tokens leave over https, or not at all; and to one origin, whatever was named on the way. */
  #isOurs(url: URL): boolean {
    return url.origin === this.#home.origin && (url.protocol === 'https:' || isLoopback(url));
  }

  #isNewerThan(sent: Challenge['sent']): boolean {
    const access = this.#held?.tokens?.access;
    return access !== undefined && sent?.authorization !== bearer(access).authorization;
  }

  #isGood(): boolean {
    const { tokens, needsSignIn } = this.#held ?? {};
    return tokens !== undefined && !needsSignIn && !isDue(tokens, this.#now());
  }

  #canRenew(): boolean {
    const { tokens, grant, needsSignIn } = this.#held ?? {};
    return !needsSignIn && (tokens?.refresh !== undefined || grant === 'client-credentials');
  }

  /** Reads what is stored; a first sign-in or a new one elsewhere is found here. */
  async #load(): Promise<void> {
    if (!this.#isSaved) return;
    const { credentials, url, profile, signal } = this.#options;
    try {
      this.#row = await credentials.find({ url, profile });
      this.#hold(this.#row && (await credentials.read(this.#row, signal)));
    } catch (error) {
      // Asked again by the next request.
      this.#loading = undefined;
      throw error;
    }
  }

  #hold(credential: Credential | undefined, isSaved = true): void {
    const { tokens, client } = credential ?? {};
    const secrets = [tokens?.access, tokens?.refresh, client?.secret, client?.registrationToken];
    this.#options.known?.(secrets.filter((secret) => secret !== undefined));
    this.#held = credential;
    this.#isSaved = isSaved;
    this.#plan();
  }

  /** Renews in the background, so that no request waits for it. */
  #plan(delayMs = this.#delay()): void {
    clearTimeout(this.#timer);
    if (delayMs === undefined || this.#isClosed) return;
    this.#timer = setTimeout(() => this.#renewAhead(), Math.min(delayMs, LONGEST_TIMER_MS)).unref();
  }

  #delay(): number | undefined {
    if (!this.#isSaved) return SAVE_AGAIN_MS;
    const tokens = this.#canRenew() ? this.#held?.tokens : undefined;
    const time = tokens && renewalTime(tokens, Math.random());
    return time === undefined ? undefined : Math.max(0, time - this.#now(), this.#restMs());
  }

  #renewAhead(): void {
    const tokens = this.#held?.tokens;
    if (!tokens) return;
    const time = renewalTime(tokens, 1) ?? 0;
    const isWanted = this.#isUsed || (lifetimeOf(tokens) ?? 0) >= LONG_LIFE_MS;
    if (this.#isSaved && !isWanted) return;
    // Woken too early (the longest timer is 24 days), or too soon after the last time.
    if (this.#isSaved && (this.#now() < time || !this.#mayRenewAhead())) {
      this.#plan();
      return;
    }
    this.#renew(this.#isSaved ? tokens.access : undefined).catch(() =>
      this.#plan(this.#backoff.hold()?.restMs),
    );
  }

  #restMs(): number {
    const tokens = this.#held?.tokens;
    const pause = tokens ? this.#renewedAt + leastApart(tokens) - performance.now() : 0;
    return Math.max(pause, this.#backoff.hold()?.restMs ?? 0);
  }

  #mayRenewAhead(): boolean {
    return this.#renewing !== undefined || this.#restMs() <= 0;
  }

  /** One renewal at a time; who comes meanwhile waits for the same. */
  #renew(known: string | undefined): Promise<Renewed> {
    const held = this.#backoff.hold();
    if (held) return Promise.reject(held.error);
    this.#renewing ??= this.#renewOnce(known).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renewOnce(known: string | undefined): Promise<Renewed> {
    const { server, signal } = this.#options;
    const row = this.#row;
    if (!row) throw signInNeeded(server, `Nobody is signed in to ${server}.`);
    // What only this process has is saved also when it is told to end.
    const rest = this.#isSaved ? { signal } : { unsaved: this.#held };
    try {
      const renewed = await renew({ row, server, known, ...rest }, this.#options);
      if (renewed.isNew) this.#renewedAt = performance.now();
      this.#backoff.succeeded();
      this.#isUsed = false;
      this.#hold(renewed.credential, renewed.isSaved);
      return renewed;
    } catch (error) {
      if (isSignInNeeded(error)) await this.#load();
      else this.#backoff.failed(error);
      throw error;
    }
  }

  async #stepUp(challenge: Challenge): Promise<boolean> {
    const { error, scope } = bearerChallenge(challenge.wwwAuthenticate);
    if (!scope || (error !== undefined && error !== INSUFFICIENT)) return false;
    this.#hold(await this.#signingIn.stepUp(challenge, this.#held));
    return true;
  }

  async #signIn(challenge: Challenge, refusal: McpctlError): Promise<boolean> {
    this.#hold(await this.#signingIn.signIn(challenge, refusal));
    const { credentials, url, profile } = this.#options;
    this.#row = await credentials.find({ url, profile });
    return true;
  }
}

function isSignInNeeded(error: unknown): error is McpctlError {
  return error instanceof McpctlError && error.code === 'SIGN_IN_NEEDED';
}

function bearer(access: string): { authorization: string } {
  return { authorization: `Bearer ${access}` };
}
