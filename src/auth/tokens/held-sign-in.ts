import type { Credential, Tokens } from '../credential.ts';
import type { CredentialRow } from '../store/credential-row.ts';
import { createBackoff } from './backoff.ts';
import { isDue, leastApart, lifetimeOf, renewalTime } from './freshness.ts';
import { isSignInNeeded, signInNeeded } from './refusals.ts';
import { type RenewalPorts, type Renewed, renew } from './renew.ts';

/** What becomes of tokens while they are in use. */
export interface TokenEvents {
  /** Others are in use from here on; milliseconds since 1970, undefined when nobody knows or there are none. */
  held(expiresAt: number | undefined): void;
  renewed(isRenewed: boolean): void;
}

export interface HeldSignInOptions extends RenewalPorts {
  /** Name in the manifest, for messages. */
  readonly server: string;
  readonly url: string;
  readonly profile: string;
  /** Gets every token from here on in use, so that it is kept out of logs. */
  known?(secrets: readonly string[]): void;
  readonly tokens?: TokenEvents;
  readonly signal?: AbortSignal;
}

/** Tokens that live this long are renewed also while nobody uses them. */
const LONG_LIFE_MS = 300_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const SAVE_AGAIN_MS = 10_000;
/** What is refused at this age, another renewal would not mend. */
const NEWBORN_MS = 1000;

/** The sign-in this process works with: a copy of the stored one, renewed before it ends. */
export class HeldSignIn {
  readonly #options: HeldSignInOptions;
  readonly #backoff = createBackoff();
  #row: CredentialRow | undefined;
  #credential: Credential | undefined;
  #loading: Promise<void> | undefined;
  #renewing: Promise<Renewed> | undefined;
  #isSaved = true;
  #isUsed = false;
  #isClosed = false;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HeldSignInOptions) {
    this.#options = options;
  }

  get credential(): Credential | undefined {
    return this.#credential;
  }

  get tokens(): Tokens | undefined {
    return this.#credential?.tokens;
  }

  /** True while nothing speaks against the tokens. */
  get isGood(): boolean {
    return this.tokens !== undefined && !this.#credential?.needsSignIn && !isDue(this.tokens, this.#now());
  }

  /** Refused now, the tokens were never any good: just given, and not yet half as old as they may get. */
  get isNewborn(): boolean {
    const { tokens } = this;
    if (!tokens || this.#age() >= NEWBORN_MS) return false;
    // Servers count whole seconds, and saving takes time.
    const life = lifetimeOf(tokens);
    return life === undefined || this.#now() - tokens.receivedAt < life / 2;
  }

  /** True when the tokens can and should be renewed by now, and asking is not too early. */
  get isDue(): boolean {
    if (!this.tokens || !this.#canRenew() || !isDue(this.tokens, this.#now())) return false;
    return this.#renewing !== undefined || this.#restMs() <= 0;
  }

  /** Reads what is stored, the first time. */
  async load(): Promise<void> {
    this.#loading ??= this.reload().catch((error: unknown) => {
      // Asked again by the next request.
      this.#loading = undefined;
      throw error;
    });
    await this.#loading;
    this.#isUsed = true;
  }

  /** Reads what is stored now: a first sign-in or a new one elsewhere is found here. */
  async reload(): Promise<void> {
    if (!this.#isSaved) return;
    const { credentials, url, profile, signal } = this.#options;
    this.#row = await credentials.find({ url, profile });
    this.#hold(this.#row && (await credentials.read(this.#row, signal)));
  }

  /** One renewal at a time; who comes meanwhile waits for the same. `known` is the access token that will not do. */
  renew(known: string | undefined): Promise<Renewed> {
    const hold = this.#backoff.hold();
    if (hold) return Promise.reject(hold.error);
    this.#renewing ??= this.#renewOnce(known).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#renewing?.catch(() => {});
    if (!this.#isSaved) await this.renew(undefined).catch(() => {});
  }

  async #renewOnce(known: string | undefined): Promise<Renewed> {
    const { server, signal } = this.#options;
    const row = this.#row;
    if (!row) throw signInNeeded(server, `Nobody is signed in to ${server}.`);
    // What only this process has is saved also when it is told to end.
    const rest = this.#isSaved ? { signal } : { unsaved: this.#credential };
    try {
      const renewed = await renew({ row, server, known, ...rest }, this.#options);
      if (renewed.isNew) {
        this.#renewedAt = performance.now();
        this.#options.tokens?.renewed(true);
      }
      this.#backoff.succeeded();
      this.#isUsed = false;
      this.#hold(renewed.credential, renewed.isSaved);
      return renewed;
    } catch (error) {
      this.#options.tokens?.renewed(false);
      if (isSignInNeeded(error)) await this.reload();
      else this.#backoff.failed(error);
      throw error;
    }
  }

  #hold(credential: Credential | undefined, isSaved = true): void {
    const { tokens, client } = credential ?? {};
    const secrets = [tokens?.access, tokens?.refresh, client?.secret, client?.registrationToken];
    this.#options.known?.(secrets.filter((secret) => secret !== undefined));
    this.#options.tokens?.held(tokens?.expiresAt);
    this.#credential = credential;
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
    const time = this.tokens && this.#canRenew() ? renewalTime(this.tokens, Math.random()) : undefined;
    return time === undefined ? undefined : Math.max(0, time - this.#now(), this.#restMs());
  }

  #renewAhead(): void {
    const { tokens } = this;
    if (!tokens) return;
    if (this.#isSaved) {
      if (!this.#isUsed && (lifetimeOf(tokens) ?? 0) < LONG_LIFE_MS) return;
      // Woken too early (the longest timer is 24 days), or too soon after the last time.
      if (this.#now() < (renewalTime(tokens, 1) ?? 0) || this.#restMs() > 0) {
        this.#plan();
        return;
      }
    }
    const known = this.#isSaved ? tokens.access : undefined;
    this.renew(known).catch(() => this.#plan(this.#backoff.hold()?.restMs));
  }

  #canRenew(): boolean {
    const { tokens, grant, needsSignIn } = this.#credential ?? {};
    return !needsSignIn && (tokens?.refresh !== undefined || grant === 'client-credentials');
  }

  /** How long to leave the authorization server in peace, unless a refusal makes us ask. */
  #restMs(): number {
    const apart = this.tokens ? leastApart(this.tokens) - this.#age() : 0;
    return Math.max(apart, this.#backoff.hold()?.restMs ?? 0);
  }

  /** Milliseconds since this process renewed the tokens, by a clock that never jumps. */
  #age(): number {
    return performance.now() - this.#renewedAt;
  }

  #now(): number {
    return this.#options.now().getTime();
  }
}
