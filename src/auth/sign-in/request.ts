import type { Fetch } from '../../platform/fetch.ts';
import type { Credential, OAuthClient, Tokens } from '../credential.ts';
import type { BearerChallenge } from '../protocol/challenges.ts';
import type { Discovery } from '../protocol/discovery.ts';
import type { SignInSettings } from '../sign-in-settings.ts';
import type { Credentials } from '../store/credentials.ts';
import type { SignInPorts } from './ports.ts';

export interface SignInRequest {
  readonly settings: SignInSettings;
  readonly credentials: Credentials;
  /** As `createAuthFetch` makes it. */
  readonly fetch: Fetch;
  readonly ports: SignInPorts;
  /** These instead of what the server names; never beyond the settings' ceiling. */
  readonly scopes?: readonly string[];
  /** Where to keep it; where it is, or the default, when undefined. */
  readonly store?: string;
  /** What the server answered somebody without a token, or with one that may too little. */
  readonly challenge?: BearerChallenge;
  /** True where no browser can be opened: a code for another device is used if the server knows such codes. */
  readonly prefersDevice?: boolean;
  /** True to register as a client anew. */
  readonly reregister?: boolean;
  /** Milliseconds until nobody is waited for any more; five minutes by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What is known when the user is about to be asked. */
export interface Prepared extends SignInRequest {
  readonly discovery: Discovery;
  /** What will be asked for. */
  readonly wanted: readonly string[];
  /** The earlier sign-in to the same issuer. */
  readonly earlier?: Credential;
  readonly signal: AbortSignal;
  /** Saves; called once there are tokens. */
  keep(client: OAuthClient, tokens: Tokens): Promise<Credential>;
}
