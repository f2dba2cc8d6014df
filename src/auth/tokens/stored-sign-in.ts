import { isLoopback } from '../protocol/network.ts';
import type { Credentials } from '../store/credentials.ts';
import { isLapsed } from './freshness.ts';

/** What is stored for a server, looked at and left as it is. */
export type StoredSignIn =
  | { readonly kind: 'none' | 'ended' }
  /** Its next use renews it. */
  | { readonly kind: 'renewable' }
  | { readonly kind: 'good'; readonly access: string };

export interface StoredSignInOptions {
  readonly url: string;
  readonly profile: string;
  readonly credentials: Credentials;
  readonly now: Date;
  readonly signal?: AbortSignal;
}

/** The token for a server as long as it lasts; nobody is asked for another one. Throws what the store throws. */
export async function storedSignIn(options: StoredSignInOptions): Promise<StoredSignIn> {
  const { url, profile, credentials, now, signal } = options;
  if (new URL(url).protocol !== 'https:' && !isLoopback(url)) return { kind: 'none' };
  const row = await credentials.find({ url, profile });
  const credential = row && (await credentials.read(row, signal));
  if (!credential?.tokens) return { kind: 'none' };
  const { tokens, needsSignIn, grant } = credential;
  if (!isLapsed(tokens, now.getTime())) return { kind: 'good', access: tokens.access };
  const isRenewable = !needsSignIn && (tokens.refresh !== undefined || grant === 'client-credentials');
  return { kind: isRenewable ? 'renewable' : 'ended' };
}
