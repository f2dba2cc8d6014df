import { createHash } from 'node:crypto';
import { shownAddress } from '../../core/shown-address.ts';
import type { Credential, CredentialKey } from '../credential.ts';

/** What is known of a sign-in without opening the store it is in; never a secret. */
export interface CredentialRow {
  readonly id: string;
  /** Digest of the address and the profile, to find the row by. */
  readonly place: string;
  /** To show only: without user name, query and fragment, which may hold secrets. */
  readonly url: string;
  readonly issuer: string;
  readonly profile: string;
  /** As written in `--store`. */
  readonly store: string;
  /** Stores a copy could not be deleted from when the sign-in moved to another. */
  readonly formerStores?: readonly string[];
  /** Name it was signed in under. */
  readonly server: string;
  /** Of the record as last saved; grows with every save. */
  readonly generation: number;
  readonly signedInAt: number;
  readonly refreshedAt?: number;
  readonly expiresAt?: number;
  readonly hasRefreshToken: boolean;
  /** How the tokens were got; absent in rows of older versions. */
  readonly grant?: string;
  /** When the secret of a client that registered itself ends. */
  readonly clientEndsAt?: number;
  readonly scopes: readonly string[];
  readonly account?: string;
  /** Why the server refused these tokens for good. */
  readonly needsSignIn?: string;
}

/** Names the one sign-in to an address at an issuer under a profile, and tells nothing about it. */
export function credentialId({ url, issuer, profile }: CredentialKey): string {
  return digest([url, issuer, profile]);
}

/** What `CredentialRow.place` is for an address and profile. */
export function placeOf({ url, profile }: Pick<CredentialKey, 'url' | 'profile'>): string {
  return digest([url, profile]);
}

interface RowRequest {
  readonly id: string;
  readonly credential: Credential;
  readonly store: string;
  readonly formerStores: readonly string[];
}

/** The row of a record as it is saved. */
export function rowFor({ id, credential, store, formerStores }: RowRequest): CredentialRow {
  const {
    url,
    issuer,
    profile,
    generation,
    tokens,
    signedInAt,
    refreshedAt,
    account,
    needsSignIn,
    grant,
    client,
  } = credential;
  return {
    id,
    place: placeOf({ url, profile }),
    url: shownAddress(url),
    issuer,
    profile,
    store,
    ...(formerStores.length > 0 && { formerStores }),
    server: profile,
    generation,
    signedInAt,
    ...(refreshedAt !== undefined && { refreshedAt }),
    ...(tokens?.expiresAt !== undefined && { expiresAt: tokens.expiresAt }),
    hasRefreshToken: tokens?.refresh !== undefined,
    grant,
    ...(client.secretExpiresAt !== undefined && { clientEndsAt: client.secretExpiresAt }),
    scopes: tokens?.scopes ?? [],
    ...(account !== undefined && { account }),
    ...(needsSignIn && { needsSignIn: needsSignIn.reason }),
  };
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
