import type { JudgedScope } from '../protocol/scopes.ts';

/** What a sign-in needs of whoever asked for it: a terminal, or a process that can only write lines. */
export interface SignInPorts {
  /** Shows an address in the user's browser; false when none could be opened. */
  open(url: URL, signal: AbortSignal): Promise<boolean>;
  /** Waits for a pasted redirect, or for the wish to register anew; undefined when nobody can paste. */
  paste?(wanted: PasteWanted): Promise<URL | 'register-anew' | undefined>;
  /** Tells the user what happens. */
  say(message: SignInMessage): void;
  /** Whether these may be asked for; what the manifest or the user named is shown, not asked. */
  confirmScopes(request: ScopeRequest): Promise<boolean>;
  /** Whether to sign in at another issuer than the last time; no when absent. */
  confirmIssuer?(change: IssuerChange): Promise<boolean>;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface PasteWanted {
  readonly redirectUri: string;
  readonly state: string;
  readonly signal: AbortSignal;
}

export interface ScopeRequest {
  readonly server: string;
  /** The farthest reaching first. */
  readonly scopes: readonly JudgedScope[];
  /** True when each of them stands in the manifest or was named by the user. */
  readonly isListed: boolean;
  /** Those that come on top of what was granted before, in a step-up. */
  readonly added: readonly string[];
}

export interface IssuerChange {
  readonly server: string;
  readonly before: string;
  readonly after: string;
  /** True when a client id, secret or key given by hand for the one before would be shown to the one after. */
  readonly takesClientAlong: boolean;
}

/** What happens in a sign-in, for the user. */
export type SignInMessage =
  | { readonly kind: 'browser'; readonly url: URL; readonly isOpened: boolean; readonly redirectUri: string }
  | {
      readonly kind: 'device';
      readonly userCode: string;
      readonly url: string;
      /** With the code in it. */
      readonly urlWithCode?: string;
      readonly expiresAt: number;
    }
  /** The browser is open for long and did not come back: it may show an error. */
  | { readonly kind: 'no-answer'; readonly server: string }
  | { readonly kind: 'registered-anew'; readonly issuer: string }
  | { readonly kind: 'came-back' }
  /** Granted although nobody asked for it. */
  | { readonly kind: 'granted-more'; readonly scopes: readonly string[] }
  | { readonly kind: 'granted-less'; readonly scopes: readonly string[] }
  /** The earlier record could not be read, and is replaced. */
  | { readonly kind: 'replaced'; readonly reason: string };
